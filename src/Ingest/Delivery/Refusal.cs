using System.Text.Json;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Delivery;

/// <summary>Why a message cannot become segments.</summary>
/// <param name="Label">The reason in snake_case: a label value of the metric, and how <c>x-failure-reason</c> begins.</param>
/// <param name="Detail">For a person: what is wrong, and what the sender can do.</param>
sealed record Refusal(string Label, string Detail)
{
    /// <summary>A stream id is kept in the topics of segments, progress and transcripts, and in memory.</summary>
    public const int MaxKeyBytes = 32 << 10;

    public Refusal(RejectReason reason, string detail) : this(JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()), detail)
    {
    }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; private init; } = 1;

    public static Refusal MissingKey { get; } = new("missing_key",
        "samples without a header belong to the stream that the message key names, and there is no key: set it to the call, microphone or "
        + "channel, or send a whole recording as audio/wav");

    public static Refusal OversizedKey(int bytes) => new("oversized_key",
        $"its key has {bytes} bytes, at most {MaxKeyBytes} are used: the key is the id of the call, microphone or channel");

    public static Refusal OutOfOrder(long sequence, long last) => new("out_of_order",
        $"ce_sequence {sequence} came after {last}, which is used already: send the blocks of a stream with one idempotent producer "
        + "(enable.idempotence), or one at a time");

    /// <summary>The third attempt failed as well.</summary>
    public static Refusal Failed(Exception failure) => new(DeadLetters.Failed, DeadLetters.DetailOf(failure))
    {
        Attempts = Shared.Foundation.Kafka.Attempts.Max,
    };
}
