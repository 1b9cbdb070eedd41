using Microsoft.Extensions.Configuration;
using Ssl.Shared.Scoring;

namespace Ssl.Shared.Hosting;

/// <summary>Finds settings that nothing reads: a mistyped option must not pass in silence.</summary>
static class SettingNames
{
    static readonly string[] Sections =
    [
        "Kafka", "Registry", "Torch", "Ingest", "Learner", "Transcriber", "Logging", "Urls", "AllowedHosts", "Kestrel", "Environment", "ContentRoot", "ApplicationName", "HttpPorts",
    ];

    /// <summary>Command-line settings must be <c>--Section:Key=value</c> of a section that exists.</summary>
    /// <exception cref="InvalidSettingException">Names the argument and the nearest that exists.</exception>
    public static void CheckArguments(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var argument = args[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                throw new InvalidSettingException($"'{argument}' is not a setting; settings are written --Section:Key=value");
            var section = argument[2..].Split(':', '=')[0];
            if (!Sections.Contains(section, StringComparer.OrdinalIgnoreCase))
                throw new InvalidSettingException($"{argument}: there is no setting {section}{Nearest(section, Sections)}");
            if (!argument.Contains('=', StringComparison.Ordinal))
                i++; // --key value
        }
    }

    /// <summary>Every key of a section must be a property of the options, at every depth.</summary>
    /// <exception cref="InvalidSettingException">Names the key and the nearest that exists.</exception>
    public static void CheckSection(IConfigurationSection section, Type options)
    {
        var properties = options.GetProperties().Where(p => p.SetMethod is not null).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (!properties.TryGetValue(child.Key, out var property))
                throw new InvalidSettingException($"there is no setting {child.Path}{Nearest(child.Key, properties.Keys)}");
            if (property.PropertyType.IsClass && property.PropertyType.Namespace!.StartsWith("Ssl.", StringComparison.Ordinal))
                CheckSection(child, property.PropertyType);
        }
    }

    static string Nearest(string name, IEnumerable<string> known)
    {
        var nearest = known.MinBy(k => ErrorRate.Characters(k.ToLowerInvariant(), name.ToLowerInvariant()).Errors);
        return nearest is not null && ErrorRate.Characters(nearest.ToLowerInvariant(), name.ToLowerInvariant()).Rate <= 0.5 ? $"; did you mean {nearest}?" : $"; there are: {string.Join(", ", known)}";
    }
}
