using Ssl.Shared.Speech.Torch;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Torch;

public sealed class Bf16AutocastTests
{
    [Fact]
    public void Products_are_bfloat16_inside_and_float_outside_and_on_other_threads()
    {
        using var scope = NewDisposeScope();
        var matrix = ones(8, 8);
        using (new Bf16Autocast())
        {
            using (new Bf16Autocast())
                Assert.Equal(ScalarType.BFloat16, matrix.mm(matrix).dtype);
            Assert.Equal(ScalarType.BFloat16, matrix.mm(matrix).dtype);
            var elsewhere = ScalarType.Byte;
            var thread = new Thread(() => elsewhere = matrix.mm(matrix).dtype);
            thread.Start();
            thread.Join();
            Assert.Equal(ScalarType.Float32, elsewhere);
        }
        Assert.Equal(ScalarType.Float32, matrix.mm(matrix).dtype);
    }

    [Fact]
    public void Gradients_of_float_weights_stay_float()
    {
        using var scope = NewDisposeScope();
        var weights = nn.Parameter(ones(8, 8));
        Tensor loss;
        using (new Bf16Autocast())
            loss = ones(2, 8).mm(weights).to(ScalarType.Float32).sum();
        loss.backward();
        Assert.Equal(ScalarType.Float32, weights.grad!.dtype);
        Assert.Equal(2f, weights.grad[0, 0].item<float>());
    }

    [Fact]
    public void It_ends_on_the_thread_that_began_it()
    {
        var autocast = new Bf16Autocast();
        Exception? refused = null;
        var thread = new Thread(() => refused = Record.Exception(autocast.Dispose));
        thread.Start();
        thread.Join();
        autocast.Dispose();
        Assert.IsType<InvalidOperationException>(refused);
        Assert.Null(Bf16Autocast.WhereFast(wanted: false));
    }
}
