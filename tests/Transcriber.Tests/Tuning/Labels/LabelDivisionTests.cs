using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Labels;

namespace Ssl.Transcriber.Tests.Tuning.Labels;

public sealed class LabelDivisionTests
{
    static readonly LabelDivision Division = new(new LabelOptions());

    [Fact]
    public void Recordings_without_speakers_are_divided_by_their_audio_in_any_order()
    {
        var labels = Labels(1000);
        var parts = Divide(labels);
        Assert.InRange(Count(parts, LabelPart.Gate), 70, 130);
        Assert.InRange(Count(parts, LabelPart.Hidden), 70, 130);
        Assert.Equal(1000, parts.Recordings.Count);
        Assert.Equal(parts.Recordings.OrderBy(p => p.Key), Divide([.. labels.Reverse()]).Recordings.OrderBy(p => p.Key));
    }

    [Theory]
    [InlineData(1, 1, 0, 0)] // nothing to hold out
    [InlineData(2, 1, 1, 0)]
    [InlineData(4, 2, 1, 1)]
    [InlineData(10, 5, 1, 1)] // of training at least
    [InlineData(40, 20, 4, 4)]
    public void A_small_set_has_a_gate_as_large_as_it_can_spare(int count, int train, int gate, int hidden)
    {
        var parts = Divide(Labels(count));
        Assert.True(Count(parts, LabelPart.Train) >= train);
        Assert.True(Count(parts, LabelPart.Gate) >= gate);
        Assert.True(Count(parts, LabelPart.Hidden) >= hidden);
    }

    [Fact]
    public void A_recording_keeps_its_part_whatever_is_added_and_removed()
    {
        var random = new Random(1);
        var (known, parts) = (new Dictionary<string, LabelPart>(), new LineParts());
        DividedLabel[] all = [.. Labels(300), .. Labels(300, speakers: 12, first: 300), .. Labels(50, split: "train", first: 600),
            .. Labels(50, split: "test", first: 650), .. Labels(50, speakers: 3, first: 700)];
        for (var step = 0; step < 60; step++)
        {
            var present = all.Where(_ => random.Next(3) == 0).Take(1 + random.Next(step * 20 + 5)).ToArray();
            parts = Division.Divide(present, parts);
            foreach (var label in present)
            {
                var part = parts.Recordings[label.Audio];
                Assert.Equal(known.TryGetValue(label.Audio, out var before) ? before : part, part);
                known[label.Audio] = part;
            }
        }
        Assert.All(Enum.GetValues<LabelPart>(), part => Assert.InRange(known.Values.Count(p => p == part), 20, 700));
    }

    [Fact]
    public void Of_five_speakers_or_more_whole_ones_are_held_out_and_of_fewer_recordings()
    {
        var many = Divide(Labels(400, speakers: 40));
        Assert.All(Labels(400, speakers: 40).GroupBy(l => l.Speaker),
            s => Assert.Single(s.Select(l => many.Recordings[l.Audio]).Distinct()));
        Assert.True(Count(many, LabelPart.Gate) > 0 && Count(many, LabelPart.Hidden) > 0);
        var one = Divide(Labels(100, speakers: 1));
        Assert.Equal(["s0"], one.DividedSpeakers);
        Assert.InRange(Count(one, LabelPart.Gate), 4, 20);
        // more speakers come: those before stay divided, the new ones are whole
        DividedLabel[] later = [.. Labels(100, speakers: 1), .. Labels(200, speakers: 20, first: 100).Where(l => l.Speaker != "s0")];
        var grown = Division.Divide(later, one);
        Assert.Equal(["s0"], grown.DividedSpeakers);
        Assert.All(later.Where(l => l.Speaker != "s0").GroupBy(l => l.Speaker),
            s => Assert.Single(s.Select(l => grown.Recordings[l.Audio]).Distinct()));
    }

    [Fact]
    public void A_named_split_is_honoured_and_the_held_out_one_is_halved()
    {
        var parts = Divide([.. Labels(60, split: "train"), .. Labels(40, split: "test", first: 60), .. Labels(5, split: "dev", first: 100),
            .. Labels(1, split: "gate", first: 105), .. Labels(1, split: "hidden", first: 106)]);
        Assert.All(Labels(60), l => Assert.Equal(LabelPart.Train, parts.Recordings[l.Audio]));
        Assert.All(Labels(40, first: 60), l => Assert.NotEqual(LabelPart.Train, parts.Recordings[l.Audio]));
        Assert.InRange(Count(parts, LabelPart.Hidden), 10, 30);
        Assert.All(Labels(5, first: 100), l => Assert.DoesNotContain(l.Audio, parts.Recordings.Keys));
        Assert.Equal((LabelPart.Gate, LabelPart.Hidden), (parts.Recordings["a105"], parts.Recordings["a106"]));
    }

    [Fact]
    public void What_was_held_out_is_never_trained_on_and_what_a_label_holds_out_is_trained_on_no_more()
    {
        var parts = Divide(Labels(100));
        var gate = parts.Recordings.First(p => p.Value == LabelPart.Gate).Key;
        var trained = parts.Recordings.First(p => p.Value == LabelPart.Train).Key;
        DividedLabel[] corrected = [.. Labels(100).Where(l => l.Audio != gate && l.Audio != trained),
            new(gate, null, "train"), new(trained, null, "test")];
        parts = Division.Divide(corrected, parts);
        Assert.Equal(LabelPart.Gate, parts.Recordings[gate]);
        Assert.NotEqual(LabelPart.Train, parts.Recordings[trained]);
    }

    [Fact]
    public void A_share_of_a_training_split_is_held_out_if_no_label_names_another()
    {
        var parts = Divide(Labels(200, split: "train"));
        Assert.InRange(Count(parts, LabelPart.Train), 140, 180);
        // a test set that comes later does not bring the held-out ones into training
        var grown = Division.Divide([.. Labels(200, split: "train"), .. Labels(50, split: "test", first: 200)], parts);
        Assert.All(parts.Recordings, p => Assert.Equal(p.Value, grown.Recordings[p.Key]));
    }

    static LineParts Divide(IReadOnlyCollection<DividedLabel> labels) => Division.Divide(labels, new LineParts());

    static int Count(LineParts parts, LabelPart part) => parts.Recordings.Values.Count(p => p == part);

    static DividedLabel[] Labels(int count, int speakers = 0, string? split = null, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(i => new DividedLabel($"a{i}", speakers > 0 ? $"s{i % speakers}" : null, split))];
}
