using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Live;
using Ssl.Transcriber.Serving.Streaming;
using Ssl.Transcriber.Serving.Watching;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Labels;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Transcriber;

/// <summary>Options under <c>Transcriber</c>.</summary>
sealed record TranscriberOptions : IValidatableObject
{
    public const string Section = "Transcriber";

    /// <summary><c>Tune</c> fine-tunes (one process of several at a time), <c>Serve</c> answers requests, <c>All</c> does both.</summary>
    public TranscriberRole Role { get; init; } = TranscriberRole.All;
    public ServingOptions Serving { get; init; } = new();
    public UploadOptions Upload { get; init; } = new();
    public LiveOptions Live { get; init; } = new();
    /// <summary>Folder of this tuner alone, for the labels of <c>audio.labeled</c>.</summary>
    [Required]
    public string DataPath { get; init; } = Path.Combine("data", "transcriber");
    public LabelOptions Labels { get; init; } = new();
    public IReadOnlyDictionary<string, LineOptions> Lines { get; init; } = new Dictionary<string, LineOptions>();
    public FineTuningOptions FineTuning { get; init; } = new();
    public PseudoLabelOptions PseudoLabels { get; init; } = new();
    public DecodingOptions Decoding { get; init; } = new();
    public GateOptions Gate { get; init; } = new();
    public WatchOptions Watch { get; init; } = new();
    public StreamOptions Stream { get; init; } = new();

    /// <summary>A process that only serves has all cores for it.</summary>
    internal ServingOptions ServingInRole =>
        Role == TranscriberRole.Serve ? Serving with { Workers = Serving.Workers ?? Environment.ProcessorCount } : Serving;

    internal IEnumerable<string> LineNames => Lines.Keys.Order(StringComparer.Ordinal).Prepend(ModelId.DefaultLine);
    internal TuningLines TuningLines => new([.. LineNames.Select(name => (name, Lines.GetValueOrDefault(name)?.Labels ?? Labels))]);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Lines.Keys.Where(name => !ModelId.IsLineName(name)).Select(name => new ValidationResult(
            $"'{name}' cannot name a line: lower-case letters, digits and hyphens, and not {ModelId.DefaultLine}, whose settings are "
            + $"{Section}:{nameof(Labels)}", [nameof(Lines)]));
}
