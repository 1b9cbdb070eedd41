using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class TrainingSetTests
{
    [Theory]
    [InlineData(1, 7, 0.3, 3)] // three seconds in ten
    [InlineData(1, 0, 0.3, 1)]
    [InlineData(10, 2, 0.3, 1)] // more than their share anyway
    public void True_labels_come_again_until_they_are_their_share(int labels, int pseudo, double share, int times)
    {
        var set = new TrainingSet([.. Recordings("true", labels)], [.. Recordings("heard", pseudo)], share);
        var epoch = set.Epoch.Select(i => set.Utterances[i].Id).ToArray();
        Assert.Equal(labels * times + pseudo, epoch.Length);
        Assert.Equal(times, epoch.Count(id => id == "true 0"));
        Assert.Equal(pseudo, epoch.Count(id => id.StartsWith("heard", StringComparison.Ordinal)));
    }

    static IEnumerable<LabelledUtterance> Recordings(string name, int count) =>
        Enumerable.Range(0, count).Select(i => new LabelledUtterance($"{name} {i}", "a", new short[16_000]));
}
