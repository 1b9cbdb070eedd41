using Ssl.Shared.Speech.Torch;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Torch;

public sealed class Int8Tests
{
    [Theory]
    [InlineData(1, 5, 3)]
    [InlineData(7, 16, 33)]
    [InlineData(40, 49, 17)]
    public void Values_that_are_integers_times_a_scale_are_multiplied_exactly(int rows, int inputs, int outputs)
    {
        Assert.SkipUnless(Int8.IsSupported, "the processor has no avx512_vnni");
        using var scope = NewDisposeScope();
        var (left, right, bias) = (Integers(rows, inputs), Integers(outputs, inputs), Integers(1, outputs)[0]);
        var (integers, scales) = Int8.Quantise(right);
        var expected = nn.functional.linear(left.to(ScalarType.Float64), right.to(ScalarType.Float64), bias.to(ScalarType.Float64));
        Assert.True(allclose(expected.to(ScalarType.Float32), Int8.Product(left, integers, scales, bias), rtol: 1e-5));
        var apart = cat([left, left], 1).narrow(1, inputs, inputs); // rows with a gap between them
        Assert.True(allclose(expected.to(ScalarType.Float32) - bias, Int8.Product(apart, integers, scales, bias: null), rtol: 1e-5));
        Assert.Equal([2, rows, outputs], Int8.Product(stack([left, left]), integers, scales, bias).shape);
    }

    [Fact]
    public void A_silent_frame_gives_the_bias()
    {
        Assert.SkipUnless(Int8.IsSupported, "the processor has no avx512_vnni");
        using var scope = NewDisposeScope();
        var (integers, scales) = Int8.Quantise(ones(4, 20));
        Assert.True(Int8.Product(zeros(3, 20), integers, scales, ones(4)).eq(ones(3, 4)).all().item<bool>());
    }

    [Fact]
    public void Small_models_stay_in_float_and_large_ones_get_what_is_fast()
    {
        Assert.Equal(Precision.Float32, PrecisionChoice.Of(Precision.Auto, weights: 1_600_000));
        Assert.Equal(Precision.BFloat16, PrecisionChoice.Of(Precision.BFloat16, weights: 1));
        var expected = Bf16Autocast.IsFast ? Precision.BFloat16 : Int8.IsSupported ? Precision.Int8 : Precision.Float32;
        Assert.Equal(expected, PrecisionChoice.Of(Precision.Auto, weights: 95_000_000));
    }

    /// <summary>Each row holds 127, so that its scale is 1.</summary>
    static Tensor Integers(int rows, int columns)
    {
        var values = randint(-126, 127, [rows, columns]).to(ScalarType.Float32);
        values[.., 0] = 127;
        return values;
    }
}
