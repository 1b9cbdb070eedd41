using System.Diagnostics;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class CoreWaitTests
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1); // the parts are rounded, and so may be more than the whole

    /// <summary>Of ten seconds a thread computed four; the others are those of the whole process and of the whole machine.</summary>
    [Theory]
    [InlineData(4, 4, 0, 0, 0, 0)] // nobody computed: it waited for something else
    [InlineData(10, 10, 0, 6, 0, 0)] // six seconds of other threads of the process
    [InlineData(4, 10, 0, 0, 6, 0)]
    [InlineData(6, 10, 0, 2, 4, 0)]
    [InlineData(8, 8, 5, 1, 0, 5)]
    [InlineData(8, 8, 12, 0, 0, 6)] // on two cores a second is counted twice
    [InlineData(3, 2, 0, 0, 0, 0)] // ticks are coarse
    public void A_wait_is_divided_among_those_who_computed_meanwhile(
        double process, double machine, double throttled, double ownThreads, double otherPrograms, double cpuLimit)
    {
        var then = new CpuCounters(Seconds(100), Seconds(900), Seconds(3));
        var now = new CpuCounters(Seconds(100 + process), Seconds(900 + machine), Seconds(3 + throttled));
        var held = CoreWait.Divided(new HeldUp { Core = Seconds(6) }, waited: Seconds(6), own: Seconds(4), then, now);
        Assert.Equal((ownThreads, otherPrograms, cpuLimit, 6 - ownThreads - otherPrograms - cpuLimit),
            (Round(held.OwnThreads), Round(held.OtherPrograms), Round(held.CpuLimit), Round(held.Unknown)));
    }

    [Fact]
    public void What_Linux_counts_is_read()
    {
        Assert.Equal(Seconds(10.05), CpuCounters.MachineTime("cpu  500 100 300 90000 8000 5 60 40 33 0")); // without idle, iowait, guests
        Assert.Equal(Seconds(1.5), CpuCounters.ThrottledTime("usage_usec 7\nnr_periods 9\nnr_throttled 3\nthrottled_usec 1500000\n"));
        Assert.Equal(Seconds(1.5), CpuCounters.ThrottledTime("nr_periods 9\nnr_throttled 3\nthrottled_time 1500000000\n"));
        Assert.Null(CpuCounters.ThrottledTime("usage_usec 7\n"));
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        var before = CpuCounters.Read()!.Value;
        var spinning = Stopwatch.StartNew();
        while (spinning.ElapsedMilliseconds < 50)
            Thread.SpinWait(1000);
        var after = CpuCounters.Read()!.Value;
        Assert.True(after.Process > before.Process && after.Machine >= before.Machine && after.Throttled >= before.Throttled);
    }

    [Fact]
    public void A_thread_that_others_of_its_process_keep_from_the_cores_has_waited_for_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && TorchRuntime.Device.type == TorchSharp.DeviceType.CPU, "needs Linux and a CPU");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var ending = new CancellationTokenSource();
        Thread[] others =
            [.. Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => new Thread(Spin) { IsBackground = true })];
        foreach (var other in others)
            other.Start();
        var held = new HeldUp();
        try
        {
            var wait = new CoreWait();
            for (var elapsed = Stopwatch.StartNew(); held.Core < TimeSpan.FromMilliseconds(500); elapsed.Restart())
            {
                while (elapsed.ElapsedMilliseconds < 200)
                    Thread.SpinWait(1000);
                held = wait.AddTo(held, elapsed.Elapsed);
                limit.Token.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            ending.Cancel();
            foreach (var other in others)
                other.Join();
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{held}; {held.CoreInWords(held.Core)}");
        Assert.True(held.OwnThreads > TimeSpan.Zero);
        Assert.InRange(held.OwnThreads + held.OtherPrograms + held.CpuLimit, TimeSpan.Zero, held.Core + Tick);

        void Spin()
        {
            while (!ending.IsCancellationRequested)
                Thread.SpinWait(1000);
        }
    }

    static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    static double Round(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}
