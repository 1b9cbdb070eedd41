using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Diagnosis;

/// <summary>What services need of the broker, as docs/topics.md lists it.</summary>
/// <param name="Groups">Consumer groups; one that ends with <c>*</c> stands for all that begin so.</param>
sealed record ServiceRights(string[] Reads, string[] Writes, string[] Groups)
{
    const string Followers = "ssl-follow-*", Tails = "ssl-tail-*";

    static readonly Dictionary<ServiceRole, ServiceRights> Services = new()
    {
        [ServiceRole.Ingest] = new(
            [Topics.AudioRaw, Topics.AudioStreams],
            [Topics.AudioSegments, Topics.AudioRawDeadLetters, Topics.AudioStreams],
            [ConsumerGroups.Ingest]),
        [ServiceRole.Learner] = new(
            [Topics.AudioSegments, Topics.Control],
            [Topics.Encoders, Topics.AudioSegmentsDeadLetters],
            [ConsumerGroups.Learner, Followers]),
        [ServiceRole.Tune] = new(
            [Topics.Encoders, Topics.Recognizers, Topics.AudioSegments, Topics.AudioLabeled, Topics.Control],
            [Topics.Recognizers],
            [ConsumerGroups.Tuning, Tails, Followers]),
        [ServiceRole.Serve] = new(
            [Topics.AudioSegments, Topics.Transcripts, Topics.Recognizers, Topics.AudioLabeled, Topics.Control],
            [Topics.Transcripts, Topics.AudioSegmentsDeadLetters, Topics.AudioLabeled, Topics.Control],
            [ConsumerGroups.Transcriber, Tails, Followers]),
    };

    /// <summary>Those of every service of the role.</summary>
    public static ServiceRights Of(ServiceRole role)
    {
        var services = Services.Where(service => role.HasFlag(service.Key)).Select(service => service.Value).ToArray();
        return new ServiceRights([.. services.SelectMany(s => s.Reads).Distinct()], [.. services.SelectMany(s => s.Writes).Distinct()],
            [.. services.SelectMany(s => s.Groups).Distinct()]);
    }

    /// <summary>Every topic that it reads or writes, in the order of <see cref="TopicSetup"/>.</summary>
    public string[] AllTopics => [.. TopicSetup.All().Select(topic => topic.Name).Where(t => Reads.Contains(t) || Writes.Contains(t))];
}
