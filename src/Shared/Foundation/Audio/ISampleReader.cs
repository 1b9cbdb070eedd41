namespace Ssl.Shared.Foundation.Audio;

/// <summary>A compressed file or a file of samples, read from its beginning to its end.</summary>
interface ISampleReader : IDisposable
{
    int RateHz { get; }
    int Channels { get; }
    /// <summary>At that rate, as the file says; 0 where it does not.</summary>
    long Frames { get; }
    /// <summary>What went wrong in reading; empty where nothing did.</summary>
    string Problem { get; }
    /// <summary>Reads whole frames, interleaved, as -1 to 1. Fewer than asked for: the end, or an error (<see cref="Problem"/>).</summary>
    int Read(Span<float> interleaved);
}
