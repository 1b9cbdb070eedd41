namespace Ssl.Shared.Foundation.Audio;

/// <summary>What was wrong with a recording that could be used; in snake_case the values of the metric label <c>fault</c>.</summary>
[Flags]
public enum AudioFaults
{
    None = 0,
    CancellingChannels = 1, // the sum of the channels is far weaker than each of them
    SilentChannel = 2, // one channel holds nothing while another does
    UnevenChannels = 4, // one channel is more than ten times as strong as another
    DcOffset = 8, // removed
    Clipped = 16,
    WrongContentType = 32, // of another container; read as what its first bytes show
}
