namespace RayOrleans.Api.Tests.Fakes;

/// <summary>A finished stream over items that were collected.</summary>
internal sealed class FakeStream(FakeHold hold, Task<List<object?>> items) : StreamSource
{
    private int _next;

    public override TaskId TaskId => new(0xfa4e, 0);

    public override async ValueTask<ObjectRef<T>?> NextAsync<T>(CancellationToken cancellationToken)
    {
        List<object?> all = await items.WaitAsync(cancellationToken);
        return _next < all.Count ? hold.Ready((T)all[_next++]!) : null;
    }

    public override void Dispose() => _next = int.MaxValue;
}
