namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>
/// Ogg by its pages: the audio of each chained stream, cut in two where its positions run backwards (recordings that were joined by
/// copying). libsndfile reads the first stream alone, and stops at such a place or at bytes between pages.
/// </summary>
static class OggFile
{
    const int MaxDamaged = 1_000; // each costs a CRC over up to 64 KB

    public static IEnumerable<AudioPart> Parts(ReadOnlyMemory<byte> file)
    {
        var pages = Pages(file.Span, out var isWhole);
        for (var at = 0; at < pages.Count;)
        {
            var end = at;
            while (end < pages.Count && pages[end].IsFirst)
                end++;
            while (end < pages.Count && !pages[end].IsFirst)
                end++;
            var stream = AudioOf(file.Span, pages[at..end]);
            var cutOff = end < pages.Count ? null : CutOffOf(stream);
            var (heads, runs) = Runs(file.Span, stream);
            if (isWhole && stream[^1].IsLast && runs.Count == 1 && stream.Count == pages.Count)
                yield return new AudioPart(file); // one stream without a fault, the usual case
            else
                foreach (var run in runs)
                    yield return new AudioPart(Written(file.Span, heads, run), run == runs[^1] ? cutOff : null);
            at = end;
        }
    }

    /// <param name="isWhole">False where other bytes stand between pages, or the last one is not complete.</param>
    static List<OggPage> Pages(ReadOnlySpan<byte> file, out bool isWhole)
    {
        var (pages, damaged) = (new List<OggPage>(), 0);
        isWhole = true;
        for (var at = 0; at < file.Length;)
        {
            if (OggPage.Read(file, at) is { } page)
            {
                pages.Add(page);
                isWhole &= page.IsWhole;
                at += page.Bytes;
                continue;
            }
            isWhole = false;
            if (++damaged > MaxDamaged)
                break;
            var found = file[(at + 1)..].IndexOf("OggS"u8);
            at = found < 0 ? file.Length : at + 1 + found;
        }
        return pages;
    }

    /// <summary>The pages of the first stream with audio among those that are interleaved; all where none is known.</summary>
    static List<OggPage> AudioOf(ReadOnlySpan<byte> file, List<OggPage> pages)
    {
        foreach (var page in pages)
        {
            if (page.IsFirst && HeaderPackets(page.Body(file)) > 0)
                return [.. pages.Where(p => p.Serial == page.Serial)];
        }
        return pages;
    }

    /// <summary>Packets before the audio, of a codec that libsndfile reads; 0 of others.</summary>
    static int HeaderPackets(ReadOnlySpan<byte> firstPacket) =>
        firstPacket.StartsWith("OpusHead"u8) ? 2 : firstPacket.StartsWith("\u0001vorbis"u8) ? 3
        : firstPacket.Length >= 9 && firstPacket.StartsWith("\u007fFLAC"u8) ? 1 + (firstPacket[7] << 8 | firstPacket[8]) : 0;

    /// <summary>A live recording has no page that is marked as the last: that alone shows no loss.</summary>
    static CutOff? CutOffOf(List<OggPage> stream) => stream[^1].IsWhole ? null : new CutOff(null, "its last page is not whole");

    /// <summary>The header pages, and each stretch of pages whose positions do not run backwards.</summary>
    static (List<OggPage> Heads, List<List<OggPage>> Runs) Runs(ReadOnlySpan<byte> file, List<OggPage> stream)
    {
        var (heads, packets, needed) = (0, 0, HeaderPackets(stream[0].Body(file)));
        while (heads < stream.Count && packets < needed)
            packets += stream[heads++].Packets;
        var runs = new List<List<OggPage>> { new() };
        var position = -1L;
        foreach (var page in stream[heads..])
        {
            if (page.Granule >= 0 && page.Granule < position || runs[^1] is [.., { IsLast: true }])
                runs.Add([]);
            runs[^1].Add(page);
            position = page.Granule >= 0 ? page.Granule : position;
        }
        return (stream[..heads], runs);
    }

    /// <summary>Numbers that leave a hole where pages are missing: the decoder must not join the packets beside it.</summary>
    static ReadOnlyMemory<byte> Written(ReadOnlySpan<byte> file, List<OggPage> heads, List<OggPage> run)
    {
        var written = new byte[heads.Sum(page => page.Bytes) + run.Sum(page => page.Bytes)];
        var length = 0;
        for (var i = 0; i < heads.Count; i++)
            length += heads[i].WriteTo(written.AsSpan(length), file, i, isLast: false);
        foreach (var page in run)
            length += page.WriteTo(written.AsSpan(length), file, heads.Count + page.Sequence - run[0].Sequence, isLast: page == run[^1]);
        return written.AsMemory(0, length);
    }
}
