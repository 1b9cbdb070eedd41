using System.Globalization;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>
/// A segment by its place on <c>audio.segments</c> and by its audio, so that every replica finds it, and nothing else where the topic was
/// made anew: <c>2-1234-0f3a...</c>.
/// </summary>
/// <param name="Audio"><see cref="AudioId"/>.</param>
readonly record struct SegmentId(int Partition, long Offset, string Audio)
{
    /// <returns>Null: it is no id.</returns>
    public static SegmentId? Parse(string text) =>
        text.Split('-') is [var partition, var offset, { Length: > 0 } audio]
        && int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
        && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var o)
        && audio.All(char.IsAsciiHexDigitLower) ? new SegmentId(p, o, audio) : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition}-{Offset}-{Audio}");
}
