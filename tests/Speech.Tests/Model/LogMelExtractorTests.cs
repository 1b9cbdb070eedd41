using Ssl.Shared.Speech.Model;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Model;

public sealed class LogMelExtractorTests
{
    [Fact]
    public void Features_are_those_of_the_reference()
    {
        var reference = new ReferenceTensors("wav2vec2-bert/log-mel.safetensors");
        for (var clip = 0; clip < 3; clip++)
        {
            var expected = reference[$"features.{clip}"];
            using var features = new LogMelExtractor().ExtractScaled(reference[$"audio.{clip}"] * 32768);
            // The reference pads an odd number of frames and masks the last pair; here it is dropped.
            ReferenceTensors.AssertClose(expected.narrow(0, 0, features.shape[0]), features, 1e-4, $"features of clip {clip}");
            Assert.InRange(expected.shape[0] - features.shape[0], 0, 1);
        }
    }

    [Fact]
    public void Four_stacked_frames_are_two_and_two()
    {
        var clip = new ReadOnlyMemory<short>([.. Enumerable.Range(0, 20_000).Select(i => (short)(i * 37 % 2000))]);
        using var pairs = new LogMelExtractor().Extract(clip);
        using var fours = new LogMelExtractor(320, stride: 4).Extract(clip);
        Assert.Equal([pairs.shape[0] / 2, 320], fours.shape);
        Assert.True(pairs.narrow(0, 0, fours.shape[0] * 2).reshape(fours.shape[0], 320).equal(fours).all().item<bool>());
        Assert.Equal(0.04, new LogMelExtractor(320, stride: 4).FrameSeconds);
        Assert.Contains("multiple of 3", Assert.Throws<InvalidModelException>(() => new LogMelExtractor(320, stride: 3)).Message);
    }

    [Fact]
    public void A_padded_batch_masks_what_is_not_audio()
    {
        var clips = new[] { 24_000, 20_000, 9_680 }.Select(n =>
            new ReadOnlyMemory<short>(Enumerable.Range(0, n).Select(i => (short)(i * 37 % 2000)).ToArray())).ToArray();
        using var batch = new LogMelExtractor().Batch(clips, CPU);
        Assert.Equal([74, 61, 29], batch.FrameCounts);
        Assert.Equal([3, 74, 160], batch.Inputs.shape);
        Assert.Equal(batch.FrameCounts, batch.FrameMask.sum(1).data<long>().ToArray());
        Assert.Equal(0, batch.Inputs[2, 29..].abs().max().item<float>());
    }

    [Fact]
    public void The_shortest_clip_still_gives_a_frame()
    {
        using var batch = new LogMelExtractor().Batch([new short[] { 1, 2, 3 }], CPU);
        Assert.Equal(1, batch.FrameCounts[0]);
        Assert.True(batch.Inputs.isfinite().all().item<bool>());
    }
}
