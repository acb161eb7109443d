using System.Text.Json;
namespace RayOrleans.Serialization;
public interface IReferenceTracker { void OnWrite(ObjectRef r); void OnWrite(ActorHandle h); ObjectRef ReadReference(ObjectId id, Type t); ActorHandle ReadActor(ActorId id, Type t); }
public sealed class PackedDelegate(Delegate d) { public Delegate D = d; }
public interface IBlockWriter { void Write(long offset, ReadOnlySpan<byte> data); }
public sealed class SerializedValue(byte[] b) : IDisposable { public long TotalLength => b.Length; public byte[] ToArray() => b; public void CopyTo(IBlockWriter w) => w.Write(0, b); public void Dispose() {} }
public abstract class ValueSource { public abstract long Length { get; } public abstract ReadOnlySpan<byte> Read(long offset, int length); public abstract ReadOnlyMemory<T> GetMemory<T>(long o, int c) where T : unmanaged; public abstract bool IsPinnedStore { get; } }
public sealed class ArraySource(byte[] b) : ValueSource { public override long Length => b.Length; public override bool IsPinnedStore => false; public override ReadOnlySpan<byte> Read(long o, int l) => b.AsSpan((int)o, l); public override ReadOnlyMemory<T> GetMemory<T>(long o, int c) => throw new NotSupportedException(); }
public sealed class ValueSerializer { public SerializedValue Serialize<T>(T v, IReferenceTracker? t) => new(JsonSerializer.SerializeToUtf8Bytes(v)); public T Deserialize<T>(ValueSource s, IReferenceTracker? t) => JsonSerializer.Deserialize<T>(s.Read(0, (int)s.Length))!; public PackedDelegate? PackDelegate(Delegate d, IReferenceTracker? t) => new(d); public Delegate UnpackDelegate(PackedDelegate p, IReferenceTracker? t) => p.D; }
