namespace Ssl.Transcriber.Tuning.Augmentation;

/// <summary>Plays a recording faster or slower, which also moves its pitch (Ko et al. 2015, "Audio augmentation for speech recognition").</summary>
static class SpeedChange
{
    /// <param name="factor">Above 1: faster, and so fewer samples.</param>
    public static ReadOnlyMemory<short> Apply(ReadOnlyMemory<short> samples, double factor)
    {
        if (factor == 1)
            return samples;
        var source = samples.Span;
        var changed = new short[(int)(source.Length / factor)];
        for (var i = 0; i < changed.Length; i++)
        {
            // Linear interpolation: its error in the highest band is negligible beside the change itself.
            var position = i * factor;
            var left = (int)position;
            var right = Math.Min(left + 1, source.Length - 1);
            changed[i] = (short)Math.Round(source[left] + (source[right] - source[left]) * (position - left));
        }
        return changed;
    }
}
