using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving;

/// <summary>Options under <c>Transcriber:Serving</c>.</summary>
sealed record ServingOptions
{
    /// <summary>
    /// Threads that run the recognizer, each on one core. Default: as many as there are cores with <c>Transcriber:Role=Serve</c>, else half
    /// as many, beside training.
    /// </summary>
    [Range(1, 256)]
    public int? Workers { get; init; }
    /// <summary>Requests that may wait; more get 429.</summary>
    [Range(1, 100_000)]
    public int QueueCapacity { get; init; } = 64;
    /// <summary>Maximum audio of one forward pass in seconds; a single piece may be longer.</summary>
    [Range(1.0, 600.0)]
    public double BatchAudioSeconds { get; init; } = 20;
    /// <summary>Maximum time of a request beside the duration of its recording; one that would take longer gets 429 or 503.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Other names of the champion, for clients whose model name is fixed; separated by commas.</summary>
    public string OtherNames { get; init; } =
        "whisper-1, gpt-4o-transcribe, gpt-4o-mini-transcribe, gpt-4o-mini-transcribe-2025-12-15, gpt-4o-transcribe-diarize, "
        + "gpt-realtime-whisper";
    /// <summary>Origins of web pages that may call the service (CORS), separated by commas; <c>*</c>: all; empty: none.</summary>
    public string AllowedOrigins { get; init; } = "";

    internal int WorkerThreads => Workers ?? Math.Max(1, Environment.ProcessorCount / 2);
    /// <summary>
    /// Memory of the weights of versions that requests name beside the champion; the least recently used goes first. While those in use
    /// take all of it, requests for others get 503.
    /// </summary>
    [Range(1_000_000L, 1_000_000_000_000L)]
    public long OtherVersionsBytes { get; init; } = 1L << 30;
    /// <summary>
    /// Share of the answered requests that the candidate transcribes as well, while nothing waits: how the texts differ is a metric, and
    /// `GET /admin/models` says it of each version, and a better candidate waits for it (<c>Transcriber:Gate:MaxShadowWait</c>).
    /// Servers and tuner need the same.
    /// </summary>
    [Range(0.0, 1.0)]
    public double ShadowShare { get; init; }
    /// <summary>Share of the clients that ask for the champion and are answered by the candidate, if the gate found it no worse.</summary>
    [Range(0.0, 1.0)]
    public double CanaryShare { get; init; }

    /// <summary>API keys by name.</summary>
    public IReadOnlyDictionary<string, ApiKeyOptions> Keys { get; init; } = new Dictionary<string, ApiKeyOptions>();
    /// <summary>Of each key, where its own limits say nothing.</summary>
    public LimitOptions KeyLimits { get; init; } = new();
    /// <summary>Of each address (IPv6: /64 network) from which requests come without a key that is known.</summary>
    public LimitOptions AnonymousLimits { get; init; } = new();

    internal bool IsOtherName(string model) => Parts(OtherNames).Contains(model);
    internal string[] Origins => Parts(AllowedOrigins);
    static string[] Parts(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal int BatchSamples => (int)(BatchAudioSeconds * AudioFormat.SampleRateHz);
}
