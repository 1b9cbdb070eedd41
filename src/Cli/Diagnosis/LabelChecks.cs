using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Cli.Diagnosis;

/// <summary>The manifests that the settings name; recordings are not decoded, which <c>ssl labels check</c> does.</summary>
static class LabelChecks
{
    public static IReadOnlyList<Finding> Look(IConfiguration configuration)
    {
        var options = ValidatedOptions.Read<TranscriberOptions>(
            configuration, TranscriberOptions.Section, FormerSettings.Add(new MovedSettings()));
        var manifests = options.TuningLines.All.Where(line => line.Labels.ManifestPath is not null).ToArray();
        return manifests.Length > 0 ? [.. manifests.Select(line => Of(line.Name, line.Labels.ManifestPath!))] :
        [
            Finding.Warning("labels", "no manifest is named: nothing is fine-tuned until labels arrive on audio.labeled",
                "--labels MANIFEST of `ssl up`, Transcriber:Labels:ManifestPath, or `ssl label FILE --text ...`"),
        ];
    }

    static Finding Of(string line, string path)
    {
        var (name, manifest) = ($"labels of {line}", LabelledManifest.Read(path));
        var missing = manifest.Entries.Count(entry => !File.Exists(entry.AudioPath));
        if (manifest.Entries.Count == 0)
            return Finding.Fault(name, $"{manifest.Problems[0]}", "`ssl labels check MANIFEST` says more");
        var text = $"{manifest.Entries.Count} lines of {path}";
        return missing + manifest.Problems.Count == 0 ? Finding.Ok(name, text) : Finding.Warning(name,
            $"{text}; {manifest.Problems.Count} cannot be used, of {missing} the recording is not there",
            $"`ssl labels check {path}` lists them");
    }
}
