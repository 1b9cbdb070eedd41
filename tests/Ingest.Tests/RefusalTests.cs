using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Ingest.Tests;

public sealed class RefusalTests
{
    [Fact]
    public void Every_reason_has_a_label_of_its_own()
    {
        string[] expected = ["empty", "unknown_format", "unsupported_content_type", "content_type_mismatch", "corrupt", "truncated",
            "too_long", "overcompressed", "unsupported_rate", "too_many_channels", "ffmpeg_missing", "too_costly", "wrapped"];
        Assert.Equal(expected, Enum.GetValues<RejectReason>().Select(r => new Refusal(r, "").Label));
    }
}
