using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Damaged files of every container: each is decoded or refused with a reason; none crashes or hangs. <c>SSL_FUZZ</c> sets how many a format.</summary>
public sealed class MutationTests
{
    const int HeaderBytes = 200;

    static readonly int Mutations = int.TryParse(Environment.GetEnvironmentVariable("SSL_FUZZ"), out var count) ? count : 2_000;

    [Theory]
    [InlineData(TestSoundFile.WavPcm16)]
    [InlineData(TestSoundFile.WavFloat)]
    [InlineData(TestSoundFile.Flac)]
    [InlineData(TestSoundFile.Vorbis)]
    [InlineData(TestSoundFile.Opus)]
    [InlineData(TestSoundFile.Mp3)]
    [InlineData(TestSoundFile.Aiff)]
    [InlineData(TestSoundFile.Au)]
    [InlineData(TestSoundFile.Caf)]
    public void Damaged_files_are_decoded_or_refused(int format)
    {
        var speech = AudioFile.Read(SharedFolder.Data("digits/audio/7_george_3.flac")).Samples;
        var original = TestSoundFile.Encode(speech, format);
        var random = new Random(format);
        var outcomes = new SortedDictionary<string, int>();
        for (var i = 0; i < Mutations; i++)
        {
            var decoded = AudioDecoder.Decode(Mutate(original, random), contentType: null, DecodeLimits.Default);
            Assert.True(decoded.Ok ? decoded.Samples.Length > 0 : decoded.Detail.Length > 0);
            var outcome = decoded.Reason?.ToString() ?? "decoded";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", outcomes.Select(o => $"{o.Key} {o.Value}")));
    }

    /// <summary>Flips, fills, takes out, doubles and cuts off; half of it in the headers, where it hurts most.</summary>
    static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var changes = random.Next(1, 6); changes > 0 && bytes.Count > 16; changes--)
        {
            var at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Count, HeaderBytes)) : random.Next(bytes.Count);
            var run = Math.Min(random.Next(1, 64), bytes.Count - at);
            switch (random.Next(8))
            {
                case 0: bytes.RemoveRange(at, run); break;
                case 1: bytes.InsertRange(at, bytes.GetRange(at, run)); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes[at] = 0xff; break;
                case 4: bytes[at] = 0; break;
                case 5: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                default: bytes[at] = (byte)random.Next(256); break;
            }
        }
        return [.. bytes];
    }
}
