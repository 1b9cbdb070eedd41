using Confluent.Kafka;
using Ssl.Learner.Intake;
using Ssl.Learner.Replay;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Learner.Tests.Intake;

public sealed class SegmentIntakeTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ReplayStore store;
    readonly List<long> done = [];
    readonly SegmentIntake intake;

    public SegmentIntakeTests()
    {
        store = new ReplayStore(folder.Path, new ReplayOptions(), TimeProvider.System);
        intake = new SegmentIntake(store, m => done.Add(m.Offset));
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_message_is_done_only_after_its_segment_is_on_disk()
    {
        Take(Message(0, Segments.Numbered(1)));
        Take(Message(1, Segments.Numbered(2)));
        Assert.Empty(done);
        intake.Flush();
        Assert.Equal([0, 1], done);
        Assert.Equal(2, store.Catalogue.Count);
    }

    [Fact]
    public void Opted_out_repeated_and_broken_segments_are_not_stored_and_are_done()
    {
        Take(Message(0, Segments.Numbered(1)));
        Take(Message(1, Segments.Numbered(2) with { TrainOptOut = true }));
        Take(Message(2, Segments.Numbered(1)));
        Take(Message(3, Segments.Numbered(3) with { Pcm = new byte[5] }));
        Take(new ConsumedMessage(Topics.AudioSegments, 0, 4, null, null, [], DateTimeOffset.UnixEpoch));
        intake.Flush();
        Assert.Equal([0, 1, 2, 3, 4], done);
        Assert.Equal(1, store.Catalogue.Count);
    }

    void Take(ConsumedMessage message) => intake.Hold(message, intake.Store(message).Result);

    static ConsumedMessage Message(long offset, AudioSegment segment)
    {
        var message = SegmentMessages.ToMessage(segment);
        return new ConsumedMessage(Topics.AudioSegments, 0, offset, message.Key, message.Value, message.Headers, DateTimeOffset.UnixEpoch);
    }
}
