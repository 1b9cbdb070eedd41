using System.Globalization;
using System.Text;

namespace Ssl.Cli.Diagnosis;

/// <summary>Cores, memory, clock, and the Unicode data that texts are normalised with.</summary>
static class MachineChecks
{
    const long NeededBytes = 4L << 30;
    const int NeededCores = 2;
    const string Synchronized = "/run/systemd/timesync/synchronized";
    static readonly TimeSpan Tolerance = TimeSpan.FromDays(1); // of a file's time, which may be of another time zone

    public static IReadOnlyList<Finding> Look() => [Cores(), Memory(), Clock(), Unicode()];

    static Finding Cores() => Environment.ProcessorCount >= NeededCores
        ? Finding.Ok("cores", $"{Environment.ProcessorCount}")
        : Finding.Warning("cores", $"{Environment.ProcessorCount}: training and answers share it", $"give it {NeededCores} or more");

    /// <summary>Of the machine, or of the container's limit.</summary>
    static Finding Memory()
    {
        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var text = $"{bytes / (double)(1 << 30):0.0} GiB";
        return bytes >= NeededBytes * 9 / 10 // the kernel keeps some
            ? Finding.Ok("memory", text)
            : Finding.Warning("memory", $"{text}; everything in one process needs {NeededBytes >> 30} GiB",
                "raise the container's limit, or run the services apart");
    }

    /// <summary>Expiry of API certificates, order of versions and retention in Kafka depend on it.</summary>
    static Finding Clock()
    {
        var now = DateTime.UtcNow;
        var built = File.GetLastWriteTimeUtc(typeof(MachineChecks).Assembly.Location);
        if (now < built - Tolerance)
            return Finding.Fault("clock", $"it is {now:u} here, but this program was made {built:u}",
                "set the clock, and keep it with NTP (systemd-timesyncd, chrony)");
        var kept = File.Exists(Synchronized) ? ", kept by systemd-timesyncd" : "";
        return Finding.Ok("clock", $"{now:u}{kept}");
    }

    static Finding Unicode() => "e\u0301".Normalize(NormalizationForm.FormC) == "\u00e9" && CultureInfo.GetCultureInfo("tr").LCID != 127
        ? Finding.Ok("unicode", "ICU composes letters")
        : Finding.Fault("unicode", "texts are not normalised: ICU is missing or turned off", "install libicu (`make setup`), and "
            + "leave DOTNET_SYSTEM_GLOBALIZATION_INVARIANT unset");
}
