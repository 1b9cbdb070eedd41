namespace Ssl.Shared.Speech.Torch;

/// <summary>The type that a model serves in.</summary>
public static class PrecisionChoice
{
    /// <summary>Below, products are the smaller part of a forward pass.</summary>
    const long MinWeights = 10_000_000;

    /// <param name="wanted">Not checked, except for what no device has: 8-bit integers without their instructions.</param>
    /// <param name="weights">Of the model.</param>
    public static Precision Of(Precision wanted, long weights) => wanted switch
    {
        Precision.Auto when weights < MinWeights => Precision.Float32,
        Precision.Auto when Bf16Autocast.IsFast => Precision.BFloat16,
        Precision.Auto or Precision.Int8 => HasInt8 ? Precision.Int8 : Precision.Float32,
        _ => wanted,
    };

    static bool HasInt8 => TorchRuntime.Device.type == DeviceType.CPU && Int8.IsSupported;
}
