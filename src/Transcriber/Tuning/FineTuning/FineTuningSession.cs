using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Augmentation;
using Ssl.Transcriber.Tuning.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Model, optimiser, curriculum, validation and random numbers of a fine-tuning, saved and loaded together. Not thread-safe.
/// </summary>
sealed class FineTuningSession : IDisposable
{
    const string ModelFile = "model.safetensors";
    const string OptimizerFile = "optimizer.safetensors";
    const string BestFile = "best.safetensors";
    const string SpokenFile = "spoken.safetensors";
    const string GeneratorFile = "generator.safetensors";
    const string Generator = "cpu";

    readonly FineTuningRecipe recipe;
    readonly int seed;
    readonly CountedRandom random;
    readonly SpeechAugmentation augmentation;
    CtcModel? model;
    FusedAdamW? optimizer;

    /// <param name="vocabulary">Of the head.</param>
    public FineTuningSession(
        FineTuningRecipe recipe, RoundRecipe? rules, TrainingSet train, Vocabulary vocabulary, EncoderConfig config, int seed)
    {
        (this.recipe, this.seed, random) = (recipe, seed, new CountedRandom(seed));
        augmentation = new SpeechAugmentation(recipe, config, random);
        Curriculum = new Curriculum(train, vocabulary, FeatureExtractor.For(config), recipe, augmentation, random);
        Validation = new Validation(train.Validation, vocabulary, rules);
    }

    public Curriculum Curriculum { get; }
    public Validation Validation { get; }
    public CtcModel Model => model!;
    public FineTuningStep Step { get; private set; } = null!;

    /// <summary>Makes the model.</summary>
    /// <param name="former">For a warm start; null: the head is new.</param>
    public void Begin(SpeechEncoder pretrained, FormerRecognizer? former, Vocabulary vocabulary)
    {
        var encoder = SpeechEncoder.Create(pretrained.Config with
        {
            HiddenDropout = recipe.Dropout,
            AttentionDropout = 0, // above 0, attention is not computed by its fused kernel
            ActivationDropout = recipe.Dropout,
            FinalDropout = recipe.Dropout,
        }, seed);
        encoder.load_state_dict(pretrained.state_dict());
        model = new CtcModel(encoder, vocabulary.Size, seed);
        if (former is null)
            model.ExpectLabels(Curriculum.LabelPrior());
        else
        {
            encoder.AddTaskVector(former.Recognizer.Model.Encoder, former.Encoder);
            model.TakeHead(former.Recognizer.Model);
        }
        model.to(TorchRuntime.Device);
        model.train();
        optimizer = new FusedAdamW(
            model.named_parameters().Select(p => new TrainedParameter(p.name, p.parameter, recipe.WeightDecay)),
            beta2: 0.999, epsilon: 1e-8);
        Step = new FineTuningStep(model, optimizer, recipe, augmentation);
    }

    /// <summary>The model with its best weights; it is the caller's from now on.</summary>
    public CtcModel Finish()
    {
        Validation.Restore(Model);
        foreach (var parameter in Model.parameters())
            parameter.requires_grad = true;
        var finished = Model;
        model = null;
        return finished;
    }

    /// <summary>Writes all tensors into a folder.</summary>
    /// <returns>The state with what it does not hold of the session yet.</returns>
    public FineTuningState Save(FineTuningState state, FineTuningCheckpoints checkpoints)
    {
        using var scope = NewDisposeScope();
        var (curriculum, spoken) = Curriculum.Save();
        var whole = state with { Drawn = random.Drawn, Curriculum = curriculum, Validation = Validation.State };
        checkpoints.Save(whole, folder =>
        {
            SafetensorsFile.Write(Path.Combine(folder, ModelFile), Model.state_dict().Select(t => (t.Key, t.Value)));
            SafetensorsFile.Write(Path.Combine(folder, OptimizerFile), optimizer!.State());
            SafetensorsFile.Write(Path.Combine(folder, BestFile), Validation.Best);
            SafetensorsFile.Write(Path.Combine(folder, SpokenFile), spoken);
            SafetensorsFile.Write(Path.Combine(folder, GeneratorFile), [(Generator, torch.Generator.Default.get_state())]);
        });
        return whole;
    }

    /// <summary>Loads what <see cref="Save"/> wrote, after <see cref="Begin"/> on the same training set.</summary>
    public void Load(string folder, FineTuningState state)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        Dictionary<string, Tensor> Read(string file) => SafetensorsFile.Read(Path.Combine(folder, file));
        Curriculum.Load(state.Curriculum!, Read(SpokenFile));
        Model.load_state_dict(Read(ModelFile));
        optimizer!.Load(Read(OptimizerFile));
        Validation.Load(state.Validation, Read(BestFile));
        random.SkipTo(state.Drawn);
        torch.Generator.Default.set_state(Read(GeneratorFile)[Generator]);
    }

    public void Dispose()
    {
        model?.Dispose();
        optimizer?.Dispose();
        Curriculum.Dispose();
        Validation.Dispose();
    }
}
