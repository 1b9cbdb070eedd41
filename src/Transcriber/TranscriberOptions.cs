using Ssl.Shared.Speech.Decoding;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Streaming;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Transcriber;

/// <summary>Options under <c>Transcriber</c>.</summary>
sealed record TranscriberOptions
{
    public const string Section = "Transcriber";

    /// <summary>
    /// <c>Tune</c> fine-tunes and answers no request (of several such processes one works); <c>Serve</c> answers (any number of processes);
    /// <c>All</c> does both.
    /// </summary>
    public TranscriberRole Role { get; init; } = TranscriberRole.All;

    public ServingOptions Serving { get; init; } = new();

    public UploadOptions Upload { get; init; } = new();

    public LabelOptions Labels { get; init; } = new();

    public FineTuningOptions FineTuning { get; init; } = new();

    public PseudoLabelOptions PseudoLabels { get; init; } = new();

    public DecodingOptions Decoding { get; init; } = new();

    public GateOptions Gate { get; init; } = new();

    public StreamOptions Stream { get; init; } = new();
}
