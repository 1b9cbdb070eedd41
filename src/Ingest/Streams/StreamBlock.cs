using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>A message that is a piece of its key's stream.</summary>
/// <param name="Pcm">Its samples, without a WAV header before them.</param>
sealed record StreamBlock(ConsumedMessage Message, AudioContentType Type, ReadOnlyMemory<byte> Pcm)
{
    /// <summary>
    /// The block that a message is, or why it is none although it claims to be; neither: it stands alone. Samples without a header are
    /// blocks, also where each message has a WAV header in spite of its content type; so are short WAV messages with a key.
    /// </summary>
    public static (StreamBlock? Block, Refusal? Refusal) Of(ConsumedMessage message)
    {
        if (message.Value is not { Length: > 0 } bytes)
            return default;
        var (text, wav) = (message.Header(MessageHeaders.ContentType), WavBlock.TryRead(bytes));
        var type = AudioContentType.SaysNothing(text) ? WavBlock.Container : AudioContentType.Parse(text!, out _);
        var isFile = type?.IsStream == false;
        if (type is null || (isFile && (type != WavBlock.Container || wav?.IsShort != true)))
            return default;
        if (message.Key is not { Length: > 0 })
            return isFile ? default : (null, Refusal.MissingKey);
        if (wav is not null && !isFile && (wav.Type.RateHz, wav.Type.Channels) != (type.RateHz, type.Channels))
            return (null, new Refusal(RejectReason.ContentTypeMismatch,
                $"its content type says {type.RateHz} Hz, {type.Channels} channels, the WAV header before its samples "
                + $"{wav.Type.RateHz} Hz, {wav.Type.Channels}: send the samples without a header"));
        if (wav is not null)
            return (new StreamBlock(message, wav.Type, bytes.AsMemory(wav.FirstByte, wav.Bytes)), null);
        return RawPcm.Refuse(bytes) is { } other
            ? (null, new Refusal(other.Reason!.Value, $"{other.Detail}: send samples, or a whole file with its own content type"))
            : (new StreamBlock(message, type, bytes), null);
    }
}
