namespace RayOrleans.Runtime.Wire;

/// <summary>The forms of a stored value in bytes.</summary>
internal enum ValueTag : byte
{
    /// <summary>A null value.</summary>
    Null = 0,

    /// <summary>A function without a value has ended.</summary>
    Unit = 1,

    /// <summary>An <see cref="InlineValue"/>.</summary>
    Inline = 2,

    /// <summary>An immutable value of the user's, named by its type.</summary>
    Boxed = 3,

    /// <summary>A tuple: its parts are objects of their own.</summary>
    Tuple = 4,

    /// <summary>A value in the sender's store, to be pulled from there.</summary>
    InStore = 5,

    /// <summary>A value of one of <see cref="PlainForms"/>.</summary>
    Plain = 6,

    /// <summary>An <see cref="UnsendableValue"/>: why the value is not there.</summary>
    Unsendable = 7,
}
