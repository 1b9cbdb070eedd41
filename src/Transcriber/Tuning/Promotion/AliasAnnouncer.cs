using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>
/// Announces on <c>models.recognizers</c> which version each alias stands for in the registry, whoever moved it. Thread-safe.
/// </summary>
sealed class AliasAnnouncer(KafkaClients clients, ModelRegistry registry, ILogger<AliasAnnouncer> logger)
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<string, AliasEntry> announced = new(StringComparer.Ordinal);

    /// <summary>Announces every alias. What cannot be produced is logged, and announced again at the next move or start.</summary>
    public Task AnnounceAsync(CancellationToken ct) => AnnounceAsync(registry.Aliases(), ct);

    /// <summary>Announces what others move (operators, the watch on live answers), until cancelled.</summary>
    /// <param name="isMine">Whether this process is the one that announces.</param>
    public async Task FollowAsync(Func<bool> isMine, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        for (var isCleared = false; await timer.WaitForNextTickAsync(ct);)
        {
            try
            {
                if (!isMine())
                {
                    isCleared = false;
                    continue;
                }
                isCleared = isCleared || await TryClearAsync(ct);
                await AnnounceMovesAsync(registry.Aliases(), ct);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                logger.AliasesUnreadable(e.Message);
            }
        }
    }

    /// <summary>Gives a null value to what was removed while another process announced, or none did.</summary>
    /// <returns>False: the broker does not answer; to be tried again.</returns>
    async Task<bool> TryClearAsync(CancellationToken ct)
    {
        try
        {
            var onTopic = await Task.Run(() => OnTopic(ct), ct);
            var now = registry.Aliases(); // after the topic was read: what is on it and not here is gone
            var cleared = true;
            foreach (var alias in onTopic.Where(alias => !now.ContainsKey(alias)))
                cleared &= await TryProduceAsync(alias, 0, null, ct);
            return cleared;
        }
        catch (Exception e) when (e is KafkaException { Error.IsFatal: false } or TimeoutException)
        {
            logger.AnnouncementsUnread(e.Message);
            return false;
        }
    }

    /// <summary>The aliases whose last announcement is not null.</summary>
    HashSet<string> OnTopic(CancellationToken ct)
    {
        using var topic = new TopicTail(clients, Topics.Recognizers);
        var aliases = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in topic.Partitions(ct).SelectMany(held => topic.Read(held, ct)))
        {
            if (message.Value is null)
                aliases.Remove(message.KeyText);
            else
                aliases.Add(message.KeyText);
        }
        return aliases;
    }

    /// <summary>An alias that was removed gets a null value.</summary>
    async Task AnnounceMovesAsync(IReadOnlyDictionary<string, AliasEntry> now, CancellationToken ct)
    {
        await AnnounceAsync(now.Where(a => announced.GetValueOrDefault(a.Key) != a.Value), ct);
        foreach (var (alias, entry) in announced.Where(a => !now.ContainsKey(a.Key)))
        {
            if (await TryProduceAsync(alias, entry.Number, null, ct))
                announced.TryRemove(alias, out _);
        }
    }

    async Task AnnounceAsync(IEnumerable<KeyValuePair<string, AliasEntry>> aliases, CancellationToken ct)
    {
        foreach (var (alias, entry) in aliases)
        {
            if (registry.Find(ModelKind.Recognizer, entry.Number) is not { } manifest)
                continue;
            var announcement = Announcement(alias, entry, manifest);
            var value = JsonSerializer.SerializeToUtf8Bytes(announcement, ContractJson.Default.RecognizerAnnouncement);
            if (await TryProduceAsync(alias, entry.Number, value, ct))
                announced[alias] = entry;
        }
    }

    async Task<bool> TryProduceAsync(string alias, int number, byte[]? value, CancellationToken ct)
    {
        try
        {
            var message = new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(alias), Value = value };
            await clients.ProduceAsync(Topics.Recognizers, message, ct);
            return true;
        }
        catch (ProduceException<byte[]?, byte[]?> e) when (!e.Error.IsFatal)
        {
            logger.NotAnnounced(alias, number, e.Error.Reason);
            return false;
        }
    }

    internal static RecognizerAnnouncement Announcement(string alias, AliasEntry entry, ModelManifest manifest) => new()
    {
        Alias = alias,
        Number = entry.Number,
        EncoderNumber = manifest.EncoderNumber ?? 0,
        Created = manifest.Created,
        WordErrorRate = manifest.RecognizerScores?.WordErrorRate ?? 0,
        CharacterErrorRate = manifest.RecognizerScores?.CharacterErrorRate ?? 0,
        Epoch = entry.Epoch,
        Why = entry.Why,
        Verdict = manifest.Gate?.Verdict,
        Reasons = manifest.Gate?.Reasons ?? [],
    };
}
