using System.Text.Json;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Safetensors;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner.Checkpoints;

/// <summary>All tensors of a run: model, weight average, optimiser state. Saved and loaded as the files of a checkpoint.</summary>
sealed class TrainingWeights : IDisposable
{
    const string ConfigFile = "config.json";
    const string ModelFile = "model.safetensors";
    const string AverageFile = "average.safetensors";
    const string OptimizerFile = "optimizer.safetensors";

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    TrainingWeights(PretrainingModel model, PretrainingModel average, PretrainingRecipe recipe)
    {
        Model = model;
        Average = new WeightAverage(average, model);
        var trained = model.Parameters.Select(p => new TrainedParameter(p.Name, p.Parameter, recipe.WeightDecay));
        Optimizer = new FusedAdamW(trained, recipe.AdamBeta1, recipe.AdamBeta2, recipe.AdamEpsilon);
    }

    public PretrainingModel Model { get; }
    public WeightAverage Average { get; }
    public FusedAdamW Optimizer { get; }

    /// <summary>A new encoder.</summary>
    public static TrainingWeights Fresh(EncoderConfig config, PretrainingShape shape, PretrainingRecipe recipe, int seed, Device device) =>
        new(PretrainingModel.Create(config, shape, seed, device), PretrainingModel.Create(config, shape, seed, device), recipe);

    /// <summary>A pretrained encoder.</summary>
    /// <param name="heads">Its quantiser and heads by name; missing ones are initialised.</param>
    /// <exception cref="InvalidModelException">A head has another shape, or is not finite.</exception>
    public static TrainingWeights From(
        SpeechEncoder encoder, IReadOnlyDictionary<string, Tensor> heads, PretrainingRecipe recipe, int seed, Device device)
    {
        var usual = PretrainingShape.For(encoder.Config);
        var shape = PretrainingShape.Of(heads, usual) ?? usual;
        var model = new PretrainingModel(encoder, new PretrainingHeads(encoder, shape, seed)).To(device);
        if (heads.Count > 0)
        {
            var stored = model.Heads.state_dict().ToDictionary(t => t.Key, t => heads.GetValueOrDefault(t.Key) ?? t.Value);
            StateDict.Load(model.Heads, stored, "", mayHoldMore: false, "quantiser and heads");
        }
        var average = PretrainingModel.Create(encoder.Config, shape, seed, device);
        using var scope = NewDisposeScope();
        average.Load(model.State.ToDictionary(), "weight average");
        return new TrainingWeights(model, average, recipe);
    }

    /// <summary>The weights of a checkpoint's folder.</summary>
    /// <exception cref="InvalidModelException">The files are not those that <see cref="Save"/> writes.</exception>
    public static TrainingWeights Open(string folder, PretrainingRecipe recipe, Device device)
    {
        var path = Path.Combine(folder, ConfigFile);
        var weights = Fresh(EncoderConfig.Parse(File.ReadAllText(path), path), ShapeIn(folder), recipe, seed: 0, device);
        weights.Load(folder);
        return weights;
    }

    /// <summary>Loads the weights of a checkpoint's folder into this model.</summary>
    /// <exception cref="InvalidModelException">The folder holds another model.</exception>
    public void Load(string folder)
    {
        using var scope = NewDisposeScope();
        Model.Load(SafetensorsFile.Read(Path.Combine(folder, ModelFile)), ModelFile);
        Average.Model.Load(SafetensorsFile.Read(Path.Combine(folder, AverageFile)), AverageFile);
        Optimizer.Load(SafetensorsFile.Read(Path.Combine(folder, OptimizerFile)));
    }

    public void Save(string folder)
    {
        File.WriteAllText(Path.Combine(folder, ConfigFile), Model.Encoder.Config.ToJson().ToJsonString(Indented));
        SafetensorsFile.Write(Path.Combine(folder, ModelFile), Model.State);
        SafetensorsFile.Write(Path.Combine(folder, AverageFile), Average.Model.State);
        SafetensorsFile.Write(Path.Combine(folder, OptimizerFile), Optimizer.State());
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Average.Dispose();
        Model.Dispose();
    }

    static PretrainingShape ShapeIn(string folder)
    {
        using var scope = NewDisposeScope();
        return PretrainingShape.Of(SafetensorsFile.Read(Path.Combine(folder, ModelFile)))
            ?? throw new InvalidModelException($"{folder}: {ModelFile} has no quantiser");
    }
}
