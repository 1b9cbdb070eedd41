using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Tests.Serving;

public sealed class ServingSlotTests
{
    readonly ServingSlot slot = new(TimeProvider.System);

    [Fact]
    public void Nothing_is_leased_before_the_first_model()
    {
        Assert.Null(slot.TryLease());
        Assert.False(slot.IsFilled);
    }

    [Fact]
    public void A_model_is_disposed_when_its_last_lease_ends_after_the_swap()
    {
        var (first, second) = (new FakeModel(1), new FakeModel(2));
        slot.Swap(first.Model);
        var (a, b) = (slot.TryLease()!, slot.TryLease()!);
        slot.Swap(second.Model);
        Assert.Equal(2, slot.TryLease()!.Model.Number);
        a.Dispose();
        a.Dispose();
        Assert.False(first.IsDisposed);
        Assert.Equal("version 1", b.Run([new short[10]])[0].Text);
        b.Dispose();
        Assert.True(first.IsDisposed);
        Assert.False(second.IsDisposed);
        Assert.False(first.Model.TryLease(out _));
    }

    [Fact]
    public void A_model_that_nobody_uses_is_disposed_by_the_swap()
    {
        var first = new FakeModel(1);
        slot.Swap(first.Model);
        slot.Swap(new FakeModel(2).Model);
        Assert.True(first.IsDisposed);
    }

    [Fact]
    public async Task Leases_and_swaps_at_once_never_meet_a_disposed_model()
    {
        var models = Enumerable.Range(1, 2_000).Select(n => new FakeModel(n)).ToArray();
        slot.Swap(models[0].Model);
        using var end = new CancellationTokenSource();
        var users = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                using var lease = slot.TryLease()!;
                Assert.Equal($"version {lease.Model.Number}", lease.Run([new short[1]])[0].Text);
            }
        })).ToArray();
        foreach (var model in models.Skip(1))
        {
            slot.Swap(model.Model);
            await Task.Yield();
        }
        await end.CancelAsync();
        await Task.WhenAll(users);
        Assert.All(models.SkipLast(1), m => Assert.True(m.IsDisposed));
        slot.Dispose();
        Assert.True(models[^1].IsDisposed);
    }
}
