using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>A label whose audio is decoded.</summary>
/// <param name="Audio"><see cref="AudioId"/>.</param>
/// <param name="GivenText">Not normalised.</param>
/// <param name="Source">Where it is on <c>audio.labeled</c>; null: it is of a manifest.</param>
sealed record Label(LabelledUtterance Utterance, string Audio, string GivenText, string? Split, StreamPosition? Source)
{
    float[]? vector;

    /// <summary><see cref="AcousticVector"/>; computed once.</summary>
    public float[] Vector => vector ??= AcousticVector.Of(Utterance.Samples);

    /// <summary>With what an earlier label of the audio says and this one does not: a corrected text keeps its split.</summary>
    public Label WithMissingOf(Label earlier)
    {
        var (speaker, domain) = (Utterance.Speaker ?? earlier.Utterance.Speaker, Utterance.Domain ?? earlier.Utterance.Domain);
        return (speaker, domain) == (Utterance.Speaker, Utterance.Domain) && (Split ?? earlier.Split) == Split ? this
            : this with { Split = Split ?? earlier.Split, Utterance = Utterance with { Speaker = speaker, Domain = domain } };
    }

    public LabelEntry Entry(string line, LabelPart? part) => new()
    {
        Id = Utterance.Id,
        Line = line,
        Text = GivenText,
        Speaker = Utterance.Speaker,
        Domain = Utterance.Domain,
        Seconds = Math.Round(Utterance.DurationSeconds, 2),
        Part = part,
        Problem = part is null ? $"its split '{Split}' is not used" : null,
        Source = Source,
    };
}
