using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>A message of a stream some of whose audio is not yet in a finished segment.</summary>
/// <param name="FirstFrame">First frame of the stream that begins in this message; a frame that is split belongs to the message it begins
/// in.</param>
/// <param name="FirstByte">Where that frame begins in it.</param>
sealed record HeldMessage(ConsumedMessage Message, SegmentSource Source, long FirstFrame, int FirstByte);
