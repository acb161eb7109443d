using System.Reflection;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Functions;

/// <summary>Delegates inside values: their methods by name, their captured variables as far as they are used.</summary>
internal sealed class DelegateCodec(ValueSerializer serializer, Type type) : BodyCodec(type)
{
    private readonly Codec<object?> _objects = serializer.CodecOf<object?>();

    public override void Write(WriteContext w, object value)
    {
        var function = (Delegate)value;
        if (function.HasSingleTarget)
        {
            w.WriteCount(1);
            WriteSingle(w, function);
            return;
        }

        Delegate[] singles = function.GetInvocationList();
        w.WriteCount(singles.Length);
        foreach (Delegate single in singles)
        {
            WriteSingle(w, single);
        }
    }

    public override object Read(ReadContext r, int id)
    {
        int count = r.ReadElementCount();
        if (count == 1)
        {
            return ReadSingle(r, id);
        }

        if (count == 0)
        {
            throw new CorruptValueException("a delegate without a method");
        }

        var singles = new Delegate[count];
        for (int i = 0; i < count; i++)
        {
            singles[i] = ReadSingle(r, -1);
        }

        return Delegate.Combine(singles)!;
    }

    private void WriteSingle(WriteContext w, Delegate function)
    {
        FunctionShape shape = serializer.Functions.ShapeOf(function);
        w.WriteByte((byte)shape.Kind);
        w.WriteCount(shape.Name.Length);
        w.WriteBytes(shape.Name);
        try
        {
            if (shape.Kind == FunctionKind.Scope)
            {
                ScopeForm.WriteShell(w, function.Target!);
                ScopeForm.WriteContent(w, function.Target!, shape.Scope);
            }
            else if (shape.Kind == FunctionKind.Object)
            {
                w.WriteObjectLater(function.Target!, serializer.BodyOf(function.Target!.GetType()));
            }
        }
        catch (Exception) when (w.Path.Note($"{{{shape.Text}}}"))
        {
            throw;
        }
    }

    private Delegate ReadSingle(ReadContext r, int id)
    {
        var kind = (FunctionKind)r.ReadByte();
        MethodInfo method = serializer.Functions.ResolveMethod(r.ReadBytes(r.ReadCount()));
        object? target = null;
        if (kind == FunctionKind.Scope)
        {
            if (method.IsStatic || !CapturedFieldScanner.IsScope(method.DeclaringType!))
            {
                throw new CorruptValueException("a function without captured variables has some");
            }

            target = ScopeForm.ReadShell(r, serializer.Functions.LayoutOf(method.DeclaringType!));
        }
        else if (kind == FunctionKind.Object)
        {
            target = _objects.Read(r) ?? throw new CorruptValueException("a function without its target");
        }

        Type? targetType = kind == FunctionKind.Stateless ? method.DeclaringType : target?.GetType();
        FunctionShape shape = serializer.Functions.ShapeOf(Type, method, targetType);
        if (shape.Kind != kind)
        {
            throw new CorruptValueException($"{shape.Text} is bound in another way");
        }

        Delegate function = shape.Create(target);
        r.Register(id, function);
        if (kind == FunctionKind.Scope)
        {
            ScopeForm.ReadContent(r, target!, shape.Layout, serializer.Functions);
        }

        return function;
    }
}
