namespace Ssl.Transcriber.Serving.Watching;

/// <summary>Count, sum and sum of squares of a figure; they add up over windows.</summary>
readonly record struct Moments(long Count, double Sum, double Squares)
{
    public double Mean => Count > 0 ? Sum / Count : 0;
    /// <summary>Of the mean, squared; the variance of a single observation is not known.</summary>
    public double ErrorSquared => Count > 1 ? Math.Max(0, Squares - Sum * Mean) / (Count - 1) / Count : double.PositiveInfinity;

    public static Moments Of(double value) => new(1, value, value * value);

    public static Moments operator +(Moments a, Moments b) => new(a.Count + b.Count, a.Sum + b.Sum, a.Squares + b.Squares);
}
