using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Benchmarks;

/// <summary>The recognizer and the recordings of the live measurements: read speech, made with all labels and no pretraining.</summary>
static class LiveModel
{
    const int Seed = 1;
    const int Updates = 2000;
    const double UpdateSeconds = 10;

    /// <param name="folder">Of a recognizer; made there if it does not exist. Null: made, and not kept.</param>
    public static Recognizer LoadOrMake(string? folder)
    {
        if (folder is not null && Directory.Exists(folder))
            return ModelFolder.LoadRecognizer(folder, new DecodingRecipe());
        Console.WriteLine($"makes a recognizer: {Updates} updates of {UpdateSeconds} s");
        var recipe = new FineTuningRecipe { BatchAudioSeconds = UpdateSeconds };
        var budget = new FineTuningBudget(TimeSpan.FromDays(1), Updates);
        using var encoder = SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, Seed);
        var train = new TrainingSet([.. Recordings("train")]);
        var tuner = new FineTuner(recipe, new DecodingRecipe(), Seed, TimeProvider.System);
        var recognizer = tuner.Run(encoder, former: null, train, budget, onUpdate: null, checkpoints: null, CancellationToken.None)
            .Recognizer;
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            ModelFolder.SaveRecognizer(folder, recognizer);
        }
        return recognizer;
    }

    public static IEnumerable<LabelledUtterance> Recordings(string split)
    {
        var data = Environment.GetEnvironmentVariable("SSL_TEST_DATA") ?? Path.Combine("..", "shared", "data");
        return LabelledManifest.Read(Path.Combine(data, "read-speech", "manifest.jsonl")).Entries.Where(e => e.Split == split)
            .Select(e => new LabelledUtterance(e.Id, new TextPolicy().Apply(e.Text), AudioFile.Read(e.AudioPath).Samples));
    }
}
