using System.Text.Json;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>Decoded audio, or why there is none.</summary>
public sealed record DecodeResult
{
    public bool Ok => Reason is null;
    /// <summary>16 kHz mono; empty where refused, and where an <see cref="AudioStream"/> has given them out.</summary>
    public short[] Samples { get; private init; } = [];
    /// <summary>Samples, those given out included.</summary>
    public int SampleCount { get; private init; }
    public int SourceRateHz { get; private init; }
    public RejectReason? Reason { get; private init; }
    /// <summary>What is wrong, for a person.</summary>
    public string Detail { get; private init; } = "";
    /// <summary>Which share is missing at the end, and what shows it; null where nothing is missing.</summary>
    public string? Truncation { get; private init; }
    /// <summary>What was wrong, and mended as far as that is possible.</summary>
    public AudioFaults Faults { get; private init; }
    /// <summary>The faults in snake_case.</summary>
    public IEnumerable<string> FaultLabels => Enum.GetValues<AudioFaults>().Where(f => f != AudioFaults.None && Faults.HasFlag(f))
        .Select(f => JsonNamingPolicy.SnakeCaseLower.ConvertName(f.ToString()));
    public double DurationSeconds => AudioFormat.SecondsOf(SampleCount);

    public static DecodeResult Of(short[] samples, int sourceRateHz, string? truncation = null, AudioFaults faults = AudioFaults.None) =>
        new() { Samples = samples, SampleCount = samples.Length, SourceRateHz = sourceRateHz, Truncation = truncation, Faults = faults };

    /// <summary>The same, its samples given out.</summary>
    internal DecodeResult GivenOut(int count) => this with { Samples = [], SampleCount = count };

    public DecodeResult With(AudioFaults more) => this with { Faults = Faults | more };

    public static DecodeResult Refused(RejectReason reason, string detail) => new() { Reason = reason, Detail = detail };
}
