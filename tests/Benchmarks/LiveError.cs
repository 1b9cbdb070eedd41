using System.Diagnostics;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Benchmarks;

/// <summary>What hearing as it is spoken costs in error: the same recordings whole, and in steps as a live session takes them.</summary>
static class LiveError
{
    const int Recordings = 40;
    const int StepSamples = AudioFormat.SampleRateHz / 4;

    public static void Print(Recognizer recognizer)
    {
        var (whole, live, cpu) = (new Errors(), new Errors(), TimeSpan.Zero);
        var context = new LiveContext();
        LabelledUtterance[] recordings = [.. LiveModel.Recordings("test").Take(Recordings)];
        foreach (var recording in recordings)
        {
            whole.Add(recording.Text, recognizer.Transcribe([recording.Samples])[0].Text);
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            live.Add(recording.Text, Live(recognizer, recording.Samples, context));
            cpu += Process.GetCurrentProcess().TotalProcessorTime - before;
        }
        var seconds = AudioFormat.SecondsOf(recordings.Sum(r => r.Samples.Length));
        Console.WriteLine($"error on {recordings.Length} recordings of read speech, {seconds:0} s: heard whole {whole}; live {live}; "
            + $"live takes {cpu.TotalSeconds / seconds:0.00} cores a session at four steps a second");
    }

    static string Live(Recognizer recognizer, ReadOnlyMemory<short> samples, LiveContext context)
    {
        var (utterance, words) = (recognizer.Listen(context), new List<string>());
        for (var start = 0; start < samples.Length; start += StepSamples)
        {
            var step = samples[start..Math.Min(samples.Length, start + StepSamples)];
            words.AddRange(utterance.Hear(step, ends: start + StepSamples >= samples.Length).Words.Select(w => w.Word));
        }
        return string.Join(' ', words);
    }

    sealed class Errors
    {
        ErrorCounts words = ErrorCounts.None, characters = ErrorCounts.None;

        public void Add(string said, string heard)
        {
            words += ErrorRate.Words(said, heard);
            characters += ErrorRate.Characters(said, heard);
        }

        public override string ToString() => $"{characters.Rate:0.0000} of characters, {words.Rate:0.0000} of words";
    }
}
