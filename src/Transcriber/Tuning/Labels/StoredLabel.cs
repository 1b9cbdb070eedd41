using System.Text.Json;
using System.Text.Json.Serialization;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>A label of <c>audio.labeled</c> that was accepted, without its audio.</summary>
/// <param name="Id">The message's key.</param>
/// <param name="Line">Line of recognizers that it is for.</param>
/// <param name="Text">As it was given.</param>
/// <param name="Split">As it was given; null: the tuner chooses the part.</param>
/// <param name="ContentType">Of the audio; null: recognised by its first bytes.</param>
/// <param name="Audio"><see cref="AudioId"/> of the decoded samples.</param>
/// <param name="Seconds">Duration of the audio.</param>
sealed record StoredLabel(
    string Id, string Line, string Text, string? Speaker, string? Domain, string? Split, string? ContentType, string Audio, double Seconds)
{
    public int Partition { get; init; }
    public long Offset { get; init; }

    /// <param name="problem">Why it is not used.</param>
    public LabelEntry Entry(LabelPart? part, string problem) => new()
    {
        Id = Id,
        Line = Line,
        Text = Text,
        Speaker = Speaker,
        Domain = Domain,
        Seconds = Math.Round(Seconds, 2),
        Part = part,
        Problem = problem,
        Source = new StreamPosition(Topics.AudioLabeled, Partition, Offset),
    };
}

/// <summary>Why a message of <c>audio.labeled</c> is no label.</summary>
/// <param name="Reason">A fixed label, snake_case.</param>
/// <param name="Detail">For people.</param>
sealed record LabelRefusal(string Id, string Reason, string Detail, int Partition, long Offset)
{
    public LabelEntry Entry() => new()
    {
        Id = Id,
        Line = "",
        Text = "",
        Seconds = 0,
        Problem = Detail,
        Source = new StreamPosition(Topics.AudioLabeled, Partition, Offset),
    };
}

/// <summary>How far <c>audio.labeled</c> was read, and the latest refusals.</summary>
/// <param name="TopicId">Of the topic that the offsets are of; it changes when the topic is deleted and created again.</param>
/// <param name="Next">The next offset to read of each partition.</param>
sealed record LabelProgress(string TopicId, IReadOnlyDictionary<int, long> Next, IReadOnlyList<LabelRefusal> Refusals)
{
    public static LabelProgress None { get; } = new("", new Dictionary<int, long>(), []);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredLabel))]
[JsonSerializable(typeof(LabelProgress))]
sealed partial class LabelJson : JsonSerializerContext;
