using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>A message of a stream some of whose audio is not yet in a finished segment.</summary>
/// <param name="FirstFrame">Of the stream: the first frame that begins in this message. One that began in the message before is that one's.</param>
/// <param name="FirstByte">Where that frame begins in it.</param>
sealed record HeldMessage(ConsumedMessage Message, SegmentSource Source, long FirstFrame, int FirstByte);
