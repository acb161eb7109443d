using System.Numerics.Tensors;
using System.Text;
using RayOrleans.Api.Tests.Fakes;

namespace RayOrleans.Api.Tests.Objects;

public sealed class SharedValueTests
{
    private readonly FakeRay _ray = new();

    [Fact]
    public async Task SharedBuffer_SealedBuffer_IsAnObjectAndTakesNoMore()
    {
        using SharedBuffer<int> buffer = _ray.CreateBuffer<int>(3);
        buffer.Span[2] = 7;
        ReadOnlyMemory<int> value = await buffer.Seal();
        Assert.Equal([0, 0, 7], value.ToArray());
        Assert.Equal(3, buffer.Length);
        Assert.Throws<InvalidOperationException>(() => buffer.Memory);
        Assert.Throws<InvalidOperationException>(() => { buffer.Seal(); });
    }

    [Fact]
    public void SharedBuffer_DisposedUnsealed_GivesTheRoomBackOnce()
    {
        FakeBufferOwner owner = new(_ray.Hold, 2);
        SharedBuffer<double> buffer = new(owner);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal(1, owner.Aborts);
        Assert.Throws<ObjectDisposedException>(() => { buffer.Seal(); });
        FakeBufferOwner kept = new(_ray.Hold, 2);
        SharedBuffer<double> second = new(kept);
        second.Seal();
        second.Dispose();
        Assert.Equal(0, kept.Aborts);
    }

    [Fact]
    public void Pinned_Disposed_LetsGoOnceAndIsNotReadable()
    {
        int released = 0;
        Pinned<string> pinned = new("a", new Release(() => released++));
        Assert.Equal("a", pinned.Value);
        pinned.Dispose();
        pinned.Dispose();
        Assert.Equal(1, released);
        Assert.Throws<ObjectDisposedException>(() => pinned.Value);
    }

    [Fact]
    public void SharedTensor_RowMajor_ReadsInPlace()
    {
        SharedTensor<int> tensor = new(Enumerable.Range(0, 6).ToArray(), 2, 3);
        Assert.Equal(5, tensor[1, 2]);
        Assert.Equal(3, tensor[1, 0]);
        ReadOnlyTensorSpan<int> span = tensor.AsReadOnlyTensorSpan();
        Assert.Equal(2, span.Rank);
        Assert.Equal(4, span[1, 1]);
        Assert.Equal(15, Tensor.Sum(span));
        Assert.Equal((2, 6), (tensor.Rank, tensor.Length));
        Assert.Equal("SharedTensor<Int32>[2, 3]", tensor.ToString());
        Assert.Throws<IndexOutOfRangeException>(() => tensor[0, 3]);
        Assert.Throws<ArgumentException>(() => tensor[0]);
    }

    [Fact]
    public void SharedTensor_ShapeThatDoesNotFit_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new SharedTensor<int>(new int[5], 2, 3));
        Assert.Throws<ArgumentException>(() => new SharedTensor<int>(new int[2], -1, -2));
        Assert.Equal(9, new SharedTensor<int>(new[] { 9 })[[]]);
        Assert.Equal(0, new SharedTensor<int>(Array.Empty<int>(), 3, 0).AsReadOnlyTensorSpan().FlattenedLength);
    }

    [Fact]
    public async Task KeyValue_Extensions_BlockAndReadText()
    {
        IRayKeyValue kv = _ray.Kv;
        long version = kv.Put("a/1", Encoding.UTF8.GetBytes("one"));
        Assert.Null(kv.TryPut("a/1", default, version + 1));
        Assert.Equal(version + 1, kv.TryPut("a/1", Encoding.UTF8.GetBytes("two"), version));
        Assert.Equal("two", await kv.GetTextAsync("a/1"));
        await kv.PutTextAsync("a/2", "zwei");
        Assert.Equal(["a/1", "a/2"], kv.List("a/").Select(e => e.Key));
        Assert.True(kv.Delete("a/1"));
        Assert.Null(kv.Get("a/1"));
        Assert.Null(await kv.GetTextAsync("a/1"));
    }

    private sealed class Release(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
