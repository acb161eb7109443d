using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Tests.Objects;

/// <summary>What was put or read is nobody's business afterwards: no thread keeps it until the next one.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task LargeArray_PutAndRead_IsKeptByNobody()
    {
        await using IRay ray = await Nodes.StartAsync();
        (WeakReference put, WeakReference read) = await Task.Factory.StartNew(() => PutAndRead(ray), TaskCreationOptions.LongRunning);

        Nodes.Collect();

        Assert.False(put.IsAlive, "the array that was put is still there");
        Assert.False(read.IsAlive, "the array that was read is still there");
    }

    [Fact]
    public async Task LargeArray_PutAndReadHere_IsKeptByNobody()
    {
        await using IRay ray = await Nodes.StartAsync();
        (WeakReference put, WeakReference read) = PutAndRead(ray);

        Nodes.Collect();

        Assert.False(put.IsAlive, "the array that was put is still there");
        Assert.False(read.IsAlive, "the array that was read is still there");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Put, WeakReference Read) PutAndRead(IRay ray)
    {
        byte[] array = new byte[8 << 20];
        using ObjectRef<byte[]> reference = ray.Put(array);
        return (new WeakReference(array), new WeakReference(ray.Get(reference)));
    }
}
