using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Cli.Diagnosis;

/// <summary>Whether the registry answers, and its champion is whole. A folder that is not there yet is not made.</summary>
static class RegistryChecks
{
    static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    public static IReadOnlyList<Finding> Look(IConfiguration configuration, ServiceRole role)
    {
        var options = ValidatedOptions.Read<RegistryOptions>(configuration, RegistryOptions.Section);
        if (!options.IsInBucket() && !Directory.Exists(options.Path))
            return [Finding.Ok("registry", $"{options.Path} is not there yet; the first service makes it")];
        var registry = new ModelRegistry(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var (encoders, recognizers) = (registry.List(ModelKind.Encoder), registry.List(ModelKind.Recognizer));
        if (options.IsInBucket())
            registry.AcquireEpoch("doctor"); // a conditional write, which some servers lack
        List<Finding> findings = [Finding.Ok("registry", $"{options.Path}: {encoders.Count} encoders, {recognizers.Count} recognizers")];
        if (role.HasFlag(ServiceRole.Serve))
            findings.Add(Champion(registry));
        if (encoders.Concat(recognizers).Where(m => m.Created > DateTimeOffset.UtcNow + Ahead).MaxBy(m => m.Created) is { } future)
            findings.Add(Finding.Warning("clock", $"{future.Kind} {future.Number} was made {future.Created.UtcDateTime:u}, in the future",
                "the clocks of the machines differ: keep them with NTP"));
        return findings;
    }

    static Finding Champion(ModelRegistry registry)
    {
        if (registry.Resolve(new ModelId(ModelId.DefaultLine, ModelId.Champion, 0)) is not { } number)
            return Finding.Warning("champion", "none yet: requests get 503", "labels and some minutes, or `ssl models import FOLDER`");
        return registry.Open(ModelKind.Recognizer, number, out var reason) is not null
            ? Finding.Ok("champion", $"ssl@{number}, every file as its manifest says")
            : Finding.Fault("champion", $"ssl@{number} cannot be served: {reason}", "`ssl models rollback`, or restore the version");
    }
}
