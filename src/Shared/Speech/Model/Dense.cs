using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// A linear layer (state-dict keys <c>weight</c>, <c>bias</c>) whose weights are uninitialised until they are loaded or drawn, and may be
/// held in a smaller type for inference. [.., I] to [.., O]
/// </summary>
sealed class Dense : nn.Module<Tensor, Tensor>, IFreezable
{
    Parameter? weight; // [O, I], or [O, I, 1] of a pointwise convolution; null once frozen in a smaller type
    readonly Parameter? bias; // [O]
    FrozenWeight? frozen;

    /// <param name="pointwise">Stored as a convolution of kernel 1.</param>
    public Dense(long inputs, long outputs, bool hasBias = true, bool pointwise = false) : base(nameof(Dense))
    {
        weight = nn.Parameter(pointwise ? empty(outputs, inputs, 1) : empty(outputs, inputs));
        bias = hasBias ? nn.Parameter(empty(outputs)) : null;
        RegisterComponents();
    }

    public long FrozenBytes => frozen?.Bytes ?? 0;

    public override Tensor forward(Tensor input) => frozen?.Product(input, bias)
        ?? nn.functional.linear(input, weight!.dim() == 3 ? weight.squeeze(-1) : weight, bias);

    /// <summary>Takes its weights in the type of inference; those that it was made with are never touched, and cost no memory.</summary>
    /// <param name="loaded">[O, I] or [O, I, 1]</param>
    public void Freeze(Tensor loaded, Precision precision)
    {
        using (NewDisposeScope()) // a view would keep what was loaded
            frozen = FrozenWeight.Of(loaded.flatten(1), precision);
        weight?.Dispose();
        weight = null;
        ConditionallyRegisterParameter(nameof(weight), null);
    }

    public void Freeze(Precision precision)
    {
        if (precision != Precision.Float32 && weight is not null)
            Freeze(weight, precision);
    }

    protected override void Dispose(bool disposing)
    {
        frozen?.Dispose();
        base.Dispose(disposing);
    }
}
