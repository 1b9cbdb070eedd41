using System.Text.Json;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Model;
using Ssl.Shared.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Learner.Checkpoints;

/// <summary>All tensors of a run: model, weight average, moments of the optimiser. Saved and loaded as the files of a checkpoint.</summary>
sealed class TrainingWeights : IDisposable
{
    const string ConfigFile = "config.json";
    const string ModelFile = "model.safetensors";
    const string AverageFile = "average.safetensors";
    const string OptimizerFile = "optimizer.safetensors";

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    TrainingWeights(PretrainingModel model, PretrainingModel average)
    {
        Model = model;
        Average = new WeightAverage(average);
        Update = new FusedUpdate(model.Parameters);
    }

    public PretrainingModel Model { get; }

    public WeightAverage Average { get; }

    public FusedUpdate Update { get; }

    /// <summary>A new encoder.</summary>
    public static TrainingWeights Fresh(EncoderConfig config, PretrainingShape shape, int seed, Device device) =>
        new(PretrainingModel.Create(config, shape, seed, device), PretrainingModel.Create(config, shape, seed, device));

    /// <summary>An encoder that was trained before.</summary>
    /// <param name="heads">Its quantiser and heads by name; empty: new ones.</param>
    public static TrainingWeights From(SpeechEncoder encoder, IReadOnlyDictionary<string, Tensor> heads, int seed, Device device)
    {
        var shape = PretrainingShape.Of(heads) ?? PretrainingShape.For(encoder.Config);
        var model = new PretrainingModel(encoder, new PretrainingHeads(encoder, shape, seed)).To(device);
        if (PretrainingShape.Of(heads) is not null)
            StateDict.Load(model.Heads, heads, "", mayHoldMore: false, "pretraining.safetensors");
        var average = PretrainingModel.Create(encoder.Config, shape, seed, device);
        using var scope = NewDisposeScope();
        average.Load(model.State.ToDictionary(), "weight average");
        return new TrainingWeights(model, average);
    }

    /// <summary>The weights of a checkpoint's folder.</summary>
    /// <exception cref="InvalidModelException">They are not what this software writes.</exception>
    public static TrainingWeights Open(string folder, Device device)
    {
        var path = Path.Combine(folder, ConfigFile);
        var weights = Fresh(EncoderConfig.Parse(File.ReadAllText(path), path), ShapeIn(folder), seed: 0, device);
        weights.Load(folder);
        return weights;
    }

    /// <summary>Takes over the weights of a checkpoint's folder.</summary>
    /// <exception cref="InvalidModelException">They are another model's.</exception>
    public void Load(string folder)
    {
        using var scope = NewDisposeScope();
        Model.Load(SafetensorsFile.Read(Path.Combine(folder, ModelFile)), ModelFile);
        Average.Model.Load(SafetensorsFile.Read(Path.Combine(folder, AverageFile)), AverageFile);
        Update.Load(SafetensorsFile.Read(Path.Combine(folder, OptimizerFile)), OptimizerFile);
    }

    public void Save(string folder)
    {
        File.WriteAllText(Path.Combine(folder, ConfigFile), Model.Encoder.Config.ToJson().ToJsonString(Indented));
        SafetensorsFile.Write(Path.Combine(folder, ModelFile), Model.State);
        SafetensorsFile.Write(Path.Combine(folder, AverageFile), Average.Model.State);
        SafetensorsFile.Write(Path.Combine(folder, OptimizerFile), Update.State);
    }

    public void Dispose()
    {
        Update.Dispose();
        Average.Dispose();
        Model.Dispose();
    }

    static PretrainingShape ShapeIn(string folder)
    {
        using var scope = NewDisposeScope();
        return PretrainingShape.Of(SafetensorsFile.Read(Path.Combine(folder, ModelFile))) ?? throw new InvalidModelException($"{folder}: {ModelFile} holds no quantiser");
    }
}
