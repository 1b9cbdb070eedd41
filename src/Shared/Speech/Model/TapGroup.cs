using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Neighbouring taps of a convolution's kernel as one product. As many taps as the stride read an input [B, T, C] as it lies, seen as
/// [B, T', s C]; a single tap reads every s-th frame.
/// </summary>
/// <param name="first">Of the taps.</param>
/// <param name="taps">The stride, or 1.</param>
sealed class TapGroup(int first, int taps, int stride) : IDisposable
{
    FrozenWeight? frozen;

    public long FrozenBytes => frozen?.Bytes ?? 0;

    public static IEnumerable<TapGroup> Of(int kernel, int stride)
    {
        var first = 0;
        for (; first + stride <= kernel; first += stride)
            yield return new(first, stride, stride);
        for (; first < kernel; first++)
            yield return new(first, 1, stride);
    }

    /// <param name="frames">T'.</param>
    /// <param name="weight">[C', C, k]; null: it is frozen.</param>
    /// <returns>[B, T', C']</returns>
    public Tensor Product(Tensor hidden, long frames, Tensor? weight, Tensor? bias)
    {
        var rows = Rows(hidden, frames);
        if (frozen is not null)
            return rows.shape[0] == 1 ? frozen.Product(rows.squeeze(0), bias).unsqueeze(0) : frozen.Product(rows, bias);
        var filters = Filters(weight!, rows.shape[0]);
        return bias is null ? bmm(rows, filters) : rows.baddbmm(filters, bias); // bias + rows * filters: TorchSharp's order of arguments
    }

    /// <summary>The sum so far and the product.</summary>
    public Tensor Add(Tensor sum, Tensor hidden, long frames, Tensor? weight) => frozen is null
        ? Rows(hidden, frames).baddbmm(Filters(weight!, hidden.shape[0]), sum)
        : sum.add_(Product(hidden, frames, weight, bias: null), Constant.One);

    /// <summary>What the taps read. [B, T', taps * C]</summary>
    public void Freeze(Tensor weight, Precision precision)
    {
        using var scope = NewDisposeScope();
        frozen = FrozenWeight.Of(Filters(weight), precision);
    }

    public void Dispose() => frozen?.Dispose();

    /// <summary>What the taps read. [B, T', taps * C]</summary>
    Tensor Rows(Tensor hidden, long frames) => taps == stride
        ? hidden.narrow(1, first, frames * stride).view(hidden.shape[0], frames, stride * hidden.shape[2])
        : hidden.slice(1, first, first + (frames - 1) * stride + 1, stride);

    /// <summary>[B, taps * C, C']</summary>
    Tensor Filters(Tensor weight, long batch) => Filters(weight).t().unsqueeze(0).expand(batch, -1, -1);

    /// <summary>[C', taps * C]</summary>
    Tensor Filters(Tensor weight) => weight.narrow(2, first, taps).transpose(1, 2).flatten(1);
}
