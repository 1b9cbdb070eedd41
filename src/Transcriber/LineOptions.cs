using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber;

/// <summary>Options under <c>Transcriber:Lines:{name}</c>: one more line of recognizers on the shared encoder.</summary>
sealed record LineOptions
{
    public LabelOptions Labels { get; init; } = new();
}
