using System.Security.Cryptography;
using Ssl.Ingest.Clips;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Tests;

/// <summary>Counts what arrives on <c>audio.segments</c>: by id, and with a hash of the bytes. Read while it is followed.</summary>
sealed class SegmentLedger(KafkaClients clients)
{
    readonly Dictionary<string, string> arrived = []; // hash by id
    int repeated;

    /// <summary>Deliveries of ids that had arrived before.</summary>
    public int Repeated => Volatile.Read(ref repeated);
    /// <summary>Deliveries of an id with other bytes than the first had.</summary>
    public int Different { get; private set; }

    public int Count
    {
        get
        {
            lock (arrived)
                return arrived.Count;
        }
    }

    public async Task FollowAsync(CancellationToken ct)
    {
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.AudioSegments, ct))
        {
            Assert.True(SegmentMessages.TryRead(message, out var segment, out var reason), reason);
            lock (arrived)
            {
                if (arrived.TryAdd(segment!.Id, Hash(segment)))
                    continue;
                Different += arrived[segment.Id] == Hash(segment) ? 0 : 1;
                repeated++;
            }
        }
    }

    /// <summary>Ids that are there and should not be, that are missing, and that have other bytes.</summary>
    public (int Odd, int Missing, int Changed) Compare(Dictionary<string, string> expected)
    {
        lock (arrived)
            return (arrived.Keys.Count(id => !expected.ContainsKey(id)), expected.Keys.Count(id => !arrived.ContainsKey(id)),
                arrived.Count(a => expected.TryGetValue(a.Key, out var hash) && hash != a.Value));
    }

    /// <summary>What one reader makes of <c>audio.raw</c> who is never stopped: hash by id.</summary>
    public static async Task<Dictionary<string, string>> ExpectedAsync(KafkaClients clients, int messages, CancellationToken ct)
    {
        var (expected, clips) = (new Dictionary<string, string>(), new ClipProcessor(new IngestOptions().Limits));
        var streams = new Dictionary<string, PcmStream>();
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.AudioRaw, ct))
        {
            var type = AudioContentType.Parse(message.Header(MessageHeaders.ContentType)!, out _)!;
            if (!type.IsStream)
                Add((await clips.ProcessAsync(message, ct)).Segments);
            else
            {
                if (!streams.TryGetValue(message.KeyText, out var stream))
                    streams[message.KeyText] = stream = new PcmStream(type, 1, 0);
                Add(stream.Push(message));
                stream.Release(ended: false);
            }
            if (--messages == 0)
                break;
        }
        foreach (var stream in streams.Values)
            Add(stream.Flush());
        return expected;

        void Add(IReadOnlyList<AudioSegment> segments)
        {
            foreach (var segment in segments)
                expected.Add(segment.Id, Hash(segment));
        }
    }

    static string Hash(AudioSegment segment) => Convert.ToHexString(SHA256.HashData(segment.Pcm.Span));
}
