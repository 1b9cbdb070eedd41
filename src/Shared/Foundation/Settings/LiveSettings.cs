using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Ssl.Shared.Foundation.Settings;

/// <summary>
/// Reads a running program's settings again, for the few that may change while it runs; all others stay what they were at the start.
/// </summary>
/// <param name="configuration">Of the program, complete.</param>
public sealed class LiveSettings(IConfigurationBuilder configuration)
{
    readonly HashSet<IConfigurationSource> seen = []; // files that have been there: one that is gone is being replaced

    /// <summary>Called by one thread.</summary>
    /// <exception cref="InvalidDataException">A file is not JSON, e.g. half written.</exception>
    /// <exception cref="IOException">A file that was there is gone.</exception>
    public IConfiguration Read()
    {
        var now = new ConfigurationBuilder();
        foreach (var source in configuration.Sources)
            now.Add(source is JsonConfigurationSource file ? Again(file) : source);
        return now.Build();
    }

    JsonConfigurationSource Again(JsonConfigurationSource file)
    {
        var again = new JsonConfigurationSource { FileProvider = file.FileProvider!, Path = file.Path! };
        if (file.FileProvider!.GetFileInfo(file.Path!).Exists)
            seen.Add(file);
        again.Optional = !seen.Contains(file);
        return again;
    }
}
