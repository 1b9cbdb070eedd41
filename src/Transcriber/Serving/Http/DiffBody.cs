using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Answer of <c>POST /admin/models/diff</c>: what two versions hear in a recording.</summary>
/// <param name="Words">In the order of the recording.</param>
/// <param name="WordError">Of the second, the first taken for true; 0 and up.</param>
sealed record DiffBody(
    DiffTextBody A, DiffTextBody B, IReadOnlyList<DiffWordBody> Words, int Equal, int Changed, int Inserted, int Deleted, double WordError)
{
    public static DiffBody Of(DiffTextBody a, DiffTextBody b, IEnumerable<DiffWordBody> words)
    {
        DiffWordBody[] all = [.. words];
        var (changed, inserted, deleted) = (Count(DiffWordBody.Changed), Count(DiffWordBody.Inserted), Count(DiffWordBody.Deleted));
        var ofA = Math.Max(1, all.Length - inserted);
        return new DiffBody(
            a, b, all, all.Length - changed - inserted - deleted, changed, inserted, deleted, (double)(changed + inserted + deleted) / ofA);

        int Count(string change) => all.Count(w => w.Change == change);
    }
}

/// <summary>A version's text.</summary>
sealed record DiffTextBody(string Id, int Version, string Text);

/// <summary>Words of the two texts that stand in the same place.</summary>
/// <param name="Change"><c>equal</c>, <c>changed</c>, <c>inserted</c> (by the second) or <c>deleted</c>.</param>
/// <param name="Start">Seconds from the start of the recording.</param>
sealed record DiffWordBody(string Change, string? A, string? B, double Start, double End)
{
    public const string Changed = "changed";
    public const string Inserted = "inserted";
    public const string Deleted = "deleted";

    /// <param name="a">The same piece of a recording as <paramref name="b"/>.</param>
    public static IEnumerable<DiffWordBody> Of(Transcription a, Transcription b) =>
        WordDifference.Of([.. a.Words.Select(w => w.Word)], [.. b.Words.Select(w => w.Word)])
            .Select(pair => Of(pair.A is { } i ? a.Words[i] : null, pair.B is { } j ? b.Words[j] : null));

    static DiffWordBody Of(TranscribedWord? a, TranscribedWord? b)
    {
        var change = a is null ? Inserted : b is null ? Deleted : a.Word == b.Word ? "equal" : Changed;
        var at = (a ?? b)!;
        return new DiffWordBody(
            change, a?.Word, b?.Word, TranscriptionBody.Rounded(at.StartSeconds), TranscriptionBody.Rounded(at.EndSeconds));
    }
}

/// <summary>The multipart form of <c>/admin/models/diff</c>.</summary>
sealed record DiffUpload
{
    [Required, Description("the recording")]
    public required IFormFile File { get; init; }
}
