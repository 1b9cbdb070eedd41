using Ssl.Shared.Foundation.Audio;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>What a client has chosen for its session. Immutable.</summary>
sealed record SessionSettings
{
    public const string LogprobsName = "item.input_audio_transcription.logprobs";
    public const string PartialName = "item.input_audio_transcription.partial";
    public const string WordsName = "item.input_audio_transcription.words";
    public static readonly AudioContentType Pcm24 = new(AudioEncoding.PcmLittleEndian, null, 24_000, 1);

    /// <summary>Samples without a header, one channel.</summary>
    public AudioContentType Format { get; init; } = Pcm24;
    public required string Model { get; init; }
    /// <summary>Named in answers; has no effect.</summary>
    public string? Language { get; init; }
    /// <summary>Its longer words are favoured.</summary>
    public string? Prompt { get; init; }
    /// <summary>Named in answers; has no effect.</summary>
    public string? NoiseReduction { get; init; }
    /// <summary>Null: the client commits.</summary>
    public TurnDetection? Turns { get; init; } = new();
    /// <summary><see cref="LogprobsName"/>; beyond the contract <see cref="PartialName"/>, <see cref="WordsName"/>.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    public bool Logprobs => Include.Contains(LogprobsName);
    /// <summary>Text that may change is sent as well.</summary>
    public bool Partial => Include.Contains(PartialName);
    /// <summary>Words with times and confidence are sent as well.</summary>
    public bool Words => Include.Contains(WordsName);
}

/// <summary>How a server finds the turns of speech.</summary>
/// <param name="Eagerness">Of <c>semantic_vad</c>: it stands for a length of silence; the meaning of words is not looked at.</param>
sealed record TurnDetection(
    double Threshold = 0.5, int PrefixPaddingMs = 300, int SilenceDurationMs = 500, string? Eagerness = null)
{
    public static TurnDetection? Semantic(string eagerness) => eagerness switch
    {
        "low" => new(SilenceDurationMs: 1200, Eagerness: eagerness),
        "auto" or "medium" => new(SilenceDurationMs: 800, Eagerness: eagerness),
        "high" => new(SilenceDurationMs: 400, Eagerness: eagerness),
        _ => null,
    };
}
