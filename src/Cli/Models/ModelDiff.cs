using System.Globalization;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;

namespace Ssl.Cli.Models;

/// <summary>Compares two versions of a registry on a recording, as <c>POST /admin/models/diff</c> does.</summary>
sealed class ModelDiff(ModelRegistry registry, RecognizerLoader loader)
{
    /// <exception cref="InvalidModelException">There is no such version, or it does not load.</exception>
    /// <exception cref="InvalidDataException">The file cannot be used.</exception>
    public async Task PrintAsync(ModelId a, ModelId b, string file, TextWriter output, CancellationToken ct)
    {
        var audio = await AudioDecoder.DecodeAsync(await File.ReadAllBytesAsync(file, ct), null, new DecodeLimits(), ct);
        if (!audio.Ok)
            throw new InvalidDataException($"{file}: {audio.Detail}");
        var pieces = AudioTranscription.Pieces(audio.Samples);
        var (heardA, heardB) = (Hear(a, pieces, ct), Hear(b, pieces, ct));
        var words = heardA.Pieces.Zip(heardB.Pieces).SelectMany(p => DiffWordBody.Of(p.First, p.Second));
        Print(DiffBody.Of(heardA.Text, heardB.Text, words), output);
    }

    /// <summary>Words that are equal stand together on a line; each change has one of its own.</summary>
    internal static void Print(DiffBody diff, TextWriter output)
    {
        var equal = new List<string>();
        foreach (var word in diff.Words)
        {
            if (word.Change == "equal")
            {
                equal.Add(word.A!);
                continue;
            }
            Flush();
            var (sign, text) = word.Change switch
            {
                DiffWordBody.Changed => ('~', $"{word.A} -> {word.B}"),
                DiffWordBody.Inserted => ('+', word.B),
                _ => ('-', word.A),
            };
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sign} {text}  ({word.Start:0.00} s)"));
        }
        Flush();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{diff.A.Id} against {diff.B.Id}: {diff.Equal} equal, {diff.Changed} changed, {diff.Inserted} inserted, "
            + $"{diff.Deleted} deleted, word error {diff.WordError:0.000}"));

        void Flush()
        {
            if (equal.Count > 0)
                output.WriteLine($"  {string.Join(' ', equal)}");
            equal.Clear();
        }
    }

    (DiffTextBody Text, List<Transcription> Pieces) Hear(
        ModelId id, IReadOnlyList<(long Start, ReadOnlyMemory<short> Samples)> pieces, CancellationToken ct)
    {
        var name = id.AliasKey is null ? ModelId.Of(id.Number, id.Line) : $"{ModelId.NameOf(id.Line)}@{id.Alias}";
        if (registry.Resolve(id) is not { } number)
            throw new InvalidModelException($"{name}: there is no such version");
        using var recognizer = loader.Load(number, out var reason) ?? throw new InvalidModelException($"{name}: {reason}");
        var heard = new List<Transcription>();
        foreach (var (start, samples) in pieces)
        {
            ct.ThrowIfCancellationRequested();
            var (piece, offset) = (recognizer.Transcribe([samples], TextReading.Words)[0], start / (double)AudioFormat.SampleRateHz);
            heard.Add(piece with
            {
                Words = [.. piece.Words.Select(w => w with { StartSeconds = w.StartSeconds + offset, EndSeconds = w.EndSeconds + offset })],
            });
        }
        return (new DiffTextBody(name, number, string.Join(' ', heard.Select(h => h.Text).Where(t => t.Length > 0))), heard);
    }
}
