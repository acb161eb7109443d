namespace RayOrleans;

/// <summary>Copies the arguments of a call when it is submitted, and collects the references among them.</summary>
internal abstract class CallPacker
{
    /// <summary>Packs one argument in place.</summary>
    public void Pack<T>(ref Arg<T> arg)
    {
        if (arg.Ref is not null)
        {
            AddDependency(arg.Ref);
        }
        else if (!ValueTraits<T>.IsImmutable && !arg.IsActor)
        {
            PackValue(ref arg);
        }
        else if (typeof(T) == typeof(string) && (object?)arg.Value is string text)
        {
            CountText(text);
        }
    }

    /// <summary>The function must wait for this object and is given its value.</summary>
    protected abstract void AddDependency(ObjectRef reference);

    /// <summary>Replaces a value that could change by a packed copy, or by a reference when it is large.</summary>
    protected abstract void PackValue<T>(ref Arg<T> arg);

    /// <summary>A text is an argument; nothing has to be done but to know that the call is that much larger.</summary>
    protected abstract void CountText(string text);
}
