using System.Collections.Concurrent;
using System.Reflection;
using RayOrleans.Serialization.Types;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Functions;

/// <summary>The functions that a serialiser has met, and how they are packed. Thread-safe.</summary>
internal sealed class FunctionTable(ValueSerializer serializer)
{
    private const int MaxKnown = 100_000;

    private readonly ConcurrentDictionary<(Type Delegate, Type Target, nint Code), FunctionShape> _byCode = new();
    private readonly ConcurrentDictionary<(Type Delegate, MethodInfo Method, Type? Target), FunctionShape> _byMethod = new();
    private readonly ConcurrentDictionary<byte[], MethodBase> _methods = new(BytesComparer.Instance);
    private readonly ConcurrentDictionary<Type, ScopeLayout> _layouts = new();
    private readonly ConcurrentDictionary<Type, bool> _stateless = new();

    public ValueSerializer Serializer => serializer;

    public ScopeLayout LayoutOf(Type type) =>
        _layouts.TryGetValue(type, out ScopeLayout? known) ? known : _layouts.GetOrAdd(type, new ScopeLayout(serializer, type));

    /// <summary>The shape of a delegate with one target.</summary>
    public FunctionShape ShapeOf(Delegate function)
    {
        if (function.Target is not { } target)
        {
            return ShapeOf(function.GetType(), function.Method, null);
        }

        // The code's address tells methods apart without making a MethodInfo for each new delegate (150 ns); with the target's class it is unique.
        (Type, Type, nint) key = (function.GetType(), target.GetType(), DelegateAccess.MethodPointer(function));
        if (_byCode.TryGetValue(key, out FunctionShape? known))
        {
            return known;
        }

        FunctionShape shape = ShapeOf(function.GetType(), function.Method, target.GetType());
        return _byCode.Count < MaxKnown ? _byCode.GetOrAdd(key, shape) : shape;
    }

    public FunctionShape ShapeOf(Type delegateType, MethodInfo method, Type? targetType)
    {
        if (_byMethod.TryGetValue((delegateType, method, targetType), out FunctionShape? known))
        {
            return known;
        }

        if (method.DeclaringType is { } declaring)
        {
            serializer.Types.Assemblies.Add(declaring);
        }

        return _byMethod.GetOrAdd((delegateType, method, targetType), new FunctionShape(this, delegateType, method, targetType));
    }

    /// <summary>The method that is named.</summary>
    public MethodInfo ResolveMethod(ReadOnlySpan<byte> name)
    {
        if (!_methods.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out MethodBase? method))
        {
            method = MethodName.Read(name, serializer.Types.Assemblies, out int length);
            if (length != name.Length)
            {
                throw new CorruptValueException("a method's name is too long");
            }

            if (_methods.Count < MaxKnown)
            {
                _methods.TryAdd(name.ToArray(), method);
            }
        }

        return method as MethodInfo ?? throw new CorruptValueException("a constructor stands where a function is expected");
    }

    /// <summary>Packs a function; null when it captures nothing, unless a form is wanted always.</summary>
    public PackedDelegate? Pack(Delegate function, IReferenceTracker? tracker, bool always)
    {
        if (!function.HasSingleTarget)
        {
            return PackList(function, tracker, always);
        }

        if (!always && IsStateless(function.Target!.GetType()))
        {
            return null;
        }

        FunctionShape shape = ShapeOf(function);
        switch (shape.Kind)
        {
            case FunctionKind.Static or FunctionKind.Stateless:
                return always ? new StatelessFunction(serializer, shape, shape.Kind == FunctionKind.Static ? function : shape.Create(null)) : null;
            case FunctionKind.Scope when shape.Scope.Variables.Length == 0 && !always:
                return null;
            case FunctionKind.Scope when shape.Scope.Shareable:
                return new ScopeFunction(serializer, shape, shape.Scope.Copy(function.Target!));
            default:
                return new CopiedFunction(serializer, shape, WriteTarget(shape, function.Target!, tracker));
        }
    }

    /// <summary>The captured state as bytes.</summary>
    public byte[] WriteTarget(FunctionShape shape, object target, IReferenceTracker? tracker)
    {
        WriteContext w = serializer.Borrow(tracker);
        try
        {
            w.WritePrefix(0);
            if (shape.Kind == FunctionKind.Scope)
            {
                ScopeForm.WriteShell(w, target);
                ScopeForm.WriteContent(w, target, shape.Scope);
            }
            else
            {
                serializer.CodecOf<object?>().Write(w, target);
            }

            w.Finish();
            using SerializedValue flat = w.Detach();
            return flat.ToArray();
        }
        catch (Exception e) when (e is not InsufficientMemoryException)
        {
            throw Failure.Writing(shape.Text, w.Path, e);
        }
        finally
        {
            ValueSerializer.Return(w);
        }
    }

    /// <summary>Captured state of its own from bytes.</summary>
    public object ReadTarget(FunctionShape shape, byte[] bytes, IReferenceTracker? tracker)
    {
        var r = new ReadContext();
        try
        {
            r.Begin(serializer, new ArraySource(bytes), tracker, 0, shape.TargetType!);
            object target;
            if (shape.Kind == FunctionKind.Scope)
            {
                target = ScopeForm.ReadShell(r, shape.Layout);
                ScopeForm.ReadContent(r, target, shape.Layout, this);
            }
            else
            {
                target = serializer.CodecOf<object?>().Read(r) ?? throw new CorruptValueException("a function without its target");
            }

            r.Finish();
            return target;
        }
        catch (Exception e) when (e is not InsufficientMemoryException)
        {
            throw Failure.Reading(shape.Text, r.Path, e);
        }
    }

    public PackedDelegate Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return PackedForm.Read(this, bytes);
        }
        catch (Exception e) when (e is not (InsufficientMemoryException or RaySerializationException))
        {
            throw new RaySerializationException($"The packed function cannot be read: {e.Message}", e);
        }
    }

    private PackedDelegate? PackList(Delegate function, IReferenceTracker? tracker, bool always)
    {
        Delegate[] singles = function.GetInvocationList();
        if (!always && Array.TrueForAll(singles, s => ShapeOf(s).Kind is FunctionKind.Static or FunctionKind.Stateless))
        {
            return null;
        }

        List<PackedDelegate> parts = [.. singles.Select(single => Pack(single, tracker, always: true)!)];
        return new CombinedFunction(serializer, function.GetType(), parts);
    }

    private bool IsStateless(Type target)
    {
        if (_stateless.TryGetValue(target, out bool known))
        {
            return known;
        }

        return _stateless.GetOrAdd(
            target,
            target.Name.StartsWith("<>c", StringComparison.Ordinal) && !CapturedFieldScanner.IsScope(target)
            && target.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == 0);
    }
}
