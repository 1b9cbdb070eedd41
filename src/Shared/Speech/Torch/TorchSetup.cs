using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Shared.Speech.Torch;

/// <summary>Adds the settings of libtorch to a host; several services of one process may call it.</summary>
public static class TorchSetup
{
    /// <exception cref="InvalidSettingException">A setting under <c>Torch</c> is misspelt or out of range.</exception>
    public static void AddTorch(this WebApplicationBuilder builder)
    {
        if (!builder.Services.Any(s => s.ServiceType == typeof(TorchOptions)))
            builder.Services.AddValidatedOptions<TorchOptions>(builder.Configuration, TorchOptions.Section);
    }
}
